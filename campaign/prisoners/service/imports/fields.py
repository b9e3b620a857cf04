"""What a column of an import can mean, and how people head such columns."""

from dataclasses import dataclass

from campaign.kernel.errors import N_


@dataclass(frozen=True, slots=True)
class Field:
    """One meaning of a column."""

    name: str
    label: str
    """Marked with N_."""
    synonyms: tuple[str, ...] = ()


def _field(name: str, label: str, synonyms: str = "") -> Field:
    return Field(name, label, tuple(word.strip() for word in synonyms.split("|") if word.strip()))


FIELDS = (
    _field("id", N_("Our identifier"), "ID | Identifier | Идентификатор | unforgotten id"),
    _field("full_name", N_("Whole name in one column"),
           "ФИО | Ф.И.О. | Фамилия Имя Отчество | Фамилия, имя, отчество | Фамилия и имя | Полное имя | Name"
           " | Full name | Имя и фамилия | Заключённый | Политзаключённый | Prisoner | Кому"),
    _field("last_ru", N_("Last name in Russian"), "Фамилия | Last name | Surname | Family name | Last name (Russian)"),
    _field("first_ru", N_("First name in Russian"), "Имя | First name | Given name | First name (Russian)"),
    _field("patronymic_ru", N_("Patronymic"), "Отчество | Patronymic | Middle name"),
    _field("full_name_latin", N_("Whole name in Latin letters"),
           "Имя латиницей | ФИО латиницей | Name in Latin | Latin name | Name (EN) | English name | Name in English"),
    _field("last_latin", N_("Last name in Latin letters"),
           "Фамилия латиницей | Last name (Latin) | Surname in Latin | Фамилия (лат.)"),
    _field("first_latin", N_("First name in Latin letters"), "First name (Latin) | Имя (лат.) | Given name in Latin"),
    _field("aliases", N_("Further names"),
           "Aliases | Псевдонимы | Другие имена | Также известен как | Прежняя фамилия"),
    _field("born_on", N_("Date or year of birth"),
           "Дата рождения | Год рождения | Дата рожд. | Д.р. | ДР | Г.р. | Родился | Born | Date of birth | DOB"
           " | Birth date | Birthday | Year of birth | Birth year"),
    _field("gender", N_("Gender"), "Пол | Gender | Sex"),
    _field("citizenships", N_("Citizenship"), "Гражданство | Citizenship | Nationality | Citizenships"),
    _field("home_region", N_("Home region"), "Регион | Home region | Region | Родной регион | Субъект РФ | Область"),
    _field("languages_read", N_("Languages read"), "Языки | Languages | Languages read | Языки чтения | Читает на"),
    _field("interests", N_("Interests"), "Интересы | Interests | Увлечения | Хобби | Hobbies | Теги"),
    _field("letters_policy", N_("Who may write"), "Письма | Letters policy | Кто может писать | Letters"),
    _field("reply_means", N_("Means to reply"), "Ответ | Reply means | Как отвечает"),
    _field("occupation_ru", N_("Profession, in Russian"), "Профессия | Род занятий | Occupation (ru)"),
    _field("occupation_en", N_("Profession, in English"), "Occupation | Profession | Occupation (en)"),
    _field("occupation_de", N_("Profession, in German"), "Beruf | Occupation (de)"),
    _field("summary_ru", N_("Summary, in Russian"), "Кратко | Summary (ru) | Коротко | Аннотация"),
    _field("summary_en", N_("Summary, in English"), "Summary | Summary (en)"),
    _field("summary_de", N_("Summary, in German"), "Summary (de) | Zusammenfassung"),
    _field("story_ru", N_("Story, in Russian"), "История | Биография | Описание | О человеке | Story (ru)"),
    _field("story_en", N_("Story, in English"), "Story | Biography | Description | Story (en) | About"),
    _field("story_de", N_("Story, in German"), "Geschichte | Story (de)"),
    _field("articles", N_("Articles charged"),
           "Статья | Статьи | Статьи обвинения | Статья УК | Статьи УК РФ | Обвинение | Articles | Article | Charges"
           " | Charge"),
    _field("case_name", N_("Name of the case"), "Дело | Название дела | Case | Case name"),
    _field("arrested_on", N_("Arrested on"),
           "Дата ареста | Дата задержания | Арестован | Задержан | Под стражей с | Arrest date | Arrested"
           " | Date of arrest | Detained"),
    _field("status", N_("Where the law has put them"), "Статус | Мера пресечения | Status | Current status"),
    _field("sentence", N_("Sentence"), "Приговор | Срок | Наказание | Sentence | Term | Verdict"),
    _field("sentenced_on", N_("Sentenced on"), "Дата приговора | Sentenced | Date of sentence | Verdict date"),
    _field("court", N_("Court"), "Суд | Court"),
    _field("facility", N_("Facility: code or name"),
           "Учреждение | Место заключения | Где содержится | Колония | СИЗО | Facility | Prison | Place of detention"
           " | Код учреждения | Facility code | Institution"),
    _field("postal_index", N_("Postal index"), "Индекс | Почтовый индекс | Index | Postal code | Postcode | ZIP"),
    _field("address", N_("Postal address"), "Адрес | Адрес для писем | Почтовый адрес | Address | Postal address"),
    _field("listing", N_("Recognised by"),
           "Признан | Признание | Список | Recognised by | Listing | List | Кем признан"),
    _field("listing_url", N_("Address of the recognition"), "Ссылка на список | Listing URL | Listing address"),
    _field("listed_on", N_("Recognised on"), "Дата признания | Recognised on | Listed on"),
    _field("source_url", N_("Address of the source"), "Источник | Ссылка | Source | Source URL | URL | Link"),
    _field("source_title", N_("Source: publication and day, or who told it"), "Название источника | Source title"),
)  # fmt: skip

BY_NAME = {field.name: field for field in FIELDS}
SYNONYMS = {field.name: field.synonyms for field in FIELDS}
NAMES = ("full_name", "last_ru", "full_name_latin", "last_latin", "id")
"""One of these must be mapped: without a name nobody can be told apart."""
TEXTS = ("occupation", "summary", "story")
