"""What a text says of designated organisations: their names in any spelling and their addresses, however disguised.

`current_gate()` is compiled from the register and renewed within seconds of a change. A gate is pure: it reads a text
once and gives spans, or the text without what this visitor must not be led to (SAFETY.md 17).
"""

from campaign.designations.service.gate.blocks import clean_html
from campaign.designations.service.gate.clean import clean_text
from campaign.designations.service.gate.current import current_gate, find_designated, forget_gate, touch_register
from campaign.designations.service.gate.matcher import Entry, Gate, Kind, Span

__all__ = [
    "Entry",
    "Gate",
    "Kind",
    "Span",
    "clean_html",
    "clean_text",
    "current_gate",
    "find_designated",
    "forget_gate",
    "touch_register",
]
