"""Messages in the forms that mail servers use, in words of our own, each with what it is."""

from dataclasses import dataclass
from pathlib import Path

from campaign.kernel.mail.returns.classes import ReturnKind


@dataclass(frozen=True)
class Sample:
    """One message that came back."""

    name: str
    kind: ReturnKind
    code: str
    text: str

    def content(self, return_path: str = "") -> bytes:
        """With CRLF, as servers hand it over."""
        return self.text.replace("{return_path}", return_path).replace("\n", "\r\n").encode()


def _read() -> list[Sample]:
    samples = []
    for piece in ("\n" + (Path(__file__).parent / "returned.txt").read_text()).split("\n=== ")[1:]:
        head, _line, text = piece.partition("\n")
        name, kind, code = head.split(" ")
        samples.append(Sample(name, ReturnKind(kind), "" if code == "-" else code, text))
    return samples


SAMPLES = _read()
BY_NAME = {sample.name: sample for sample in SAMPLES}
