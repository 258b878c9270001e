"""Real wires between nodes: each node in a network namespace of its own, every packet through a switch of ours.

The kernel of these machines has no netem; so each namespace has a TUN device whose packets this process carries: it
can lose one in twenty, hold each back 300 ms, or cut one direction of one pair, and TCP itself deals with it.
"""

from __future__ import annotations

import fcntl
import heapq
import itertools
import os
import random
import select
import shutil
import struct
import subprocess
import threading
import time
from pathlib import Path

TUNSETIFF = 0x400454CA
IFF_TUN_WITHOUT_HEADER = 0x0001 | 0x1000
PACKET_BYTES_MAX = 65536
NET = "10.{net}.0.{host}"
OUTSIDE = 254
"""The host number of this process's own namespace, where desks and the test itself are."""


def possible() -> bool:
    """Whether this process may make namespaces and TUN devices."""
    if os.geteuid() != 0 or not Path("/dev/net/tun").exists() or not shutil.which("ip"):
        return False
    name = f"yj-try-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        return False
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=True)
    return True


class Switch:
    """Namespaces by name, and what happens to packets between them."""

    def __init__(self, names: list[str], *, seed: int = 0) -> None:
        self.names = list(names)
        self.net = self._free_net()
        self.cuts: set[tuple[str, str]] = set()
        self.delay_seconds, self.loss = 0.0, 0.0
        self.dice = random.Random(seed)
        self.carried = self.dropped = 0
        self.files: dict[str, int] = {}
        self.open = True
        for host, name in enumerate(self.names, 1):
            if host > 1:
                _ip("netns", "add", self.space(name))
            self._wire(name, host)
        self._wire("", OUTSIDE)
        self.thread = threading.Thread(target=self._carry, daemon=True)
        self.thread.start()

    def _free_net(self) -> int:
        """A network nobody else on this machine tries things on: whoever makes the first namespace has it."""
        for net in random.sample(range(64, 192), 128):
            first = ["ip", "netns", "add", f"yj-{net}-{self.names[0]}"]
            if subprocess.run(first, capture_output=True).returncode == 0:
                return net
        raise AssertionError("no network is free")

    def space(self, name: str) -> str:
        """The network namespace of a node."""
        return f"yj-{self.net}-{name}"

    def address(self, name: str) -> str:
        """Where a node listens."""
        return NET.format(net=self.net, host=self.names.index(name) + 1)

    def cut(self, sender: str, receiver: str) -> None:
        """Nothing passes from one node to another (empty: to everybody) until :meth:`mend`."""
        self.cuts.add((sender, receiver))

    def mend(self) -> None:
        """Everything passes."""
        self.cuts.clear()
        self.delay_seconds, self.loss = 0.0, 0.0

    def close(self) -> None:
        """Remove the namespaces."""
        self.open = False
        self.thread.join()
        for file in self.files.values():
            os.close(file)
        for name in self.names:
            subprocess.run(["ip", "netns", "del", self.space(name)], check=False)

    def _wire(self, name: str, host: int) -> None:
        device = f"yj{self.net}-{host}"
        file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN_WITHOUT_HEADER))
        self.files[name] = file
        inside: list[str] = []
        if name:
            _ip("link", "set", device, "netns", self.space(name))
            inside = ["-n", self.space(name)]
            _ip(*inside, "link", "set", "lo", "up")
        _ip(*inside, "addr", "add", f"{NET.format(net=self.net, host=host)}/24", "dev", device)
        _ip(*inside, "link", "set", device, "up")

    def _carry(self) -> None:
        late: list[tuple[float, int, int, bytes]] = []
        order = itertools.count()
        senders = {file: name for name, file in self.files.items()}
        while self.open:
            pause = 0.2 if not late else max(0.0, min(0.2, late[0][0] - time.monotonic()))
            for file in select.select(list(senders), [], [], pause)[0]:
                packet = os.read(file, PACKET_BYTES_MAX)
                sender, receiver = senders[file], self._receiver(packet)
                if receiver is None or not self._passes(sender, receiver):
                    self.dropped += 1
                    continue
                delay = self.delay_seconds if sender and receiver else 0.0
                heapq.heappush(late, (time.monotonic() + delay, next(order), self.files[receiver], packet))
            while late and late[0][0] <= time.monotonic():
                *_, file, packet = heapq.heappop(late)
                self._deliver(file, packet)

    def _receiver(self, packet: bytes) -> str | None:
        if packet[0] >> 4 != 4 or packet[17] != self.net:
            return None
        host = packet[19]
        if host == OUTSIDE:
            return ""
        return self.names[host - 1] if 0 < host <= len(self.names) else None

    def _passes(self, sender: str, receiver: str) -> bool:
        """What goes to or comes from the desks is never harmed: harm to them is not what is tried here."""
        if not sender or not receiver:
            return True
        if {(sender, receiver), (sender, ""), ("", receiver)} & self.cuts:
            return False
        return self.dice.random() >= self.loss

    def _deliver(self, file: int, packet: bytes) -> None:
        try:
            os.write(file, packet)
            self.carried += 1
        except OSError:  # the queue is full, or the device is down: a packet lost, as packets are
            self.dropped += 1


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
