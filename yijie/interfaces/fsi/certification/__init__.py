"""The sandbox in which a vendor certifies a client: what it sends is watched beside a checklist and shown on a page.

``watching`` keeps every message of an institution under certification, masked; ``strictness`` says where it leaves the
interface document although we took it; ``result`` holds it against the acceptance list of the institution's type;
``page`` shows that to the vendor.
"""
