"""What nodes say to each other (node-to-node): asking other nodes, answering them, delivering what waits."""
