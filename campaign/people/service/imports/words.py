"""Skills and answers as people write them in tables, in English, Russian and German."""

from campaign.people.models import Skill

_SKILLS = {
    Skill.TRANSLATING: "translating translation translator перевод переводы переводчик übersetzen übersetzung",
    Skill.TRANSCRIBING: "transcribing transcription расшифровка набор транскрибация abtippen transkription",
    Skill.WRITING: "writing writer тексты письма редактор журналист schreiben texte",
    Skill.PRINTING: "printing print печать принтер drucken drucker",
    Skill.DRIVING: "driving driver car водитель машина авто вождение fahren fahrer auto",
    Skill.CALLING: "calling calls phone звонки звонить обзвон telefonieren anrufe",
    Skill.DESIGN: "design designer дизайн дизайнер графика gestaltung grafik",
    Skill.LAW: "law lawyer legal право юрист адвокат recht jura anwalt juristin jurist",
    Skill.MEDICINE: "medicine doctor medical медицина врач medizin arzt ärztin",
    Skill.PRESS: "press media пресса сми presse medien",
    Skill.HOSTING: "hosting housing ночлег жильё жилье приём unterkunft gastgeber",
    Skill.TECHNOLOGY: "technology it tech programming программирование айти технологии программист technik informatik",
}  # fmt: skip
_BY_WORD = {word: skill for skill, words in _SKILLS.items() for word in (skill.value, *words.split())}
_YES = frozenset({"1", "yes", "y", "true", "да", "д", "есть", "ja", "j", "x", "х", "+", "✓", "✔", "истина", "wahr"})
_NO = frozenset({"0", "no", "n", "false", "нет", "н", "nein", "-", "–", "ложь", "falsch"})


def read_skill(text: str) -> Skill | None:
    """The skill of this name; None where it is none."""
    return _BY_WORD.get(" ".join(text.lower().split()))


def read_yes_no(text: str) -> bool | None:
    """Yes or no; None where it is neither."""
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None
