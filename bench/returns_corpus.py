"""`python -m bench.returns_corpus FOLDER`: what we make of a folder of bounces, a file each, as a table.

Each is read twice: at a return path of ours, and at one that proves nothing, where no bounce may count. Public
collections are not ours to copy; docs/mail.md says of which one the figures there are.
"""

import sys
import uuid
from collections import Counter
from pathlib import Path

from campaign.kernel.mail.message import Sender
from campaign.kernel.mail.returns.classes import BOUNCES
from campaign.kernel.mail.returns.reading import read

SENDER = Sender("Us <petitions@example.org>", "example.org", b"a key of this table, nobody else's")


def main(folder: str) -> int:
    """Print the table; 1 when there is nothing to read, or a forged bounce counts."""
    path = SENDER.return_path(uuid.uuid4(), "somebody@example.net")
    contents = [file.read_bytes() for file in sorted(Path(folder).iterdir()) if file.is_file()]
    proven = Counter(read(content, path, SENDER).kind for content in contents)
    forged = Counter(read(content, "b+nothing@example.org", SENDER).kind for content in contents)
    told = sum(proven[kind] for kind in BOUNCES)
    for kind, count in proven.most_common():
        print(f"{kind:12} {count:5}")
    print(
        f"bounces told as such: {told} of {len(contents)}; counted without a proof: {sum(forged[k] for k in BOUNCES)}"
    )
    return 0 if contents and not any(forged[kind] for kind in BOUNCES) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
