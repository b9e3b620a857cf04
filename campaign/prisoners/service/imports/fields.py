"""What a column of an import can mean, and how people head such columns."""

from campaign.kernel.errors import N_
from campaign.kernel.tables.fields import field

FIELDS = (
    field("id", N_("Our identifier"), "ID | Identifier | Идентификатор | unforgotten id"),
    field("full_name", N_("Whole name in one column"),
           "ФИО | Ф.И.О. | Фамилия Имя Отчество | Фамилия, имя, отчество | Фамилия и имя | Полное имя | Name"
           " | Full name | Имя и фамилия | Заключённый | Политзаключённый | Prisoner | Кому"),
    field("last_ru", N_("Last name in Russian"), "Фамилия | Last name | Surname | Family name | Last name (Russian)"),
    field("first_ru", N_("First name in Russian"), "Имя | First name | Given name | First name (Russian)"),
    field("patronymic_ru", N_("Patronymic"), "Отчество | Patronymic | Middle name"),
    field("full_name_latin", N_("Whole name in Latin letters"),
           "Имя латиницей | ФИО латиницей | Name in Latin | Latin name | Name (EN) | English name | Name in English"),
    field("last_latin", N_("Last name in Latin letters"),
           "Фамилия латиницей | Last name (Latin) | Surname in Latin | Фамилия (лат.)"),
    field("first_latin", N_("First name in Latin letters"), "First name (Latin) | Имя (лат.) | Given name in Latin"),
    field("aliases", N_("Further names"),
           "Aliases | Псевдонимы | Другие имена | Также известен как | Прежняя фамилия"),
    field("born_on", N_("Date or year of birth"),
           "Дата рождения | Год рождения | Дата рожд. | Д.р. | ДР | Г.р. | Родился | Born | Date of birth | DOB"
           " | Birth date | Birthday | Year of birth | Birth year"),
    field("gender", N_("Gender"), "Пол | Gender | Sex"),
    field("citizenships", N_("Citizenship"), "Гражданство | Citizenship | Nationality | Citizenships"),
    field("home_region", N_("Home region"), "Регион | Home region | Region | Родной регион | Субъект РФ | Область"),
    field("languages_read", N_("Languages read"), "Языки | Languages | Languages read | Языки чтения | Читает на"),
    field("interests", N_("Interests"), "Интересы | Interests | Увлечения | Хобби | Hobbies | Теги"),
    field("letters_policy", N_("Who may write"), "Письма | Letters policy | Кто может писать | Letters"),
    field("reply_means", N_("Means to reply"), "Ответ | Reply means | Как отвечает"),
    field("occupation_ru", N_("Profession, in Russian"), "Профессия | Род занятий | Occupation (ru)"),
    field("occupation_en", N_("Profession, in English"), "Occupation | Profession | Occupation (en)"),
    field("occupation_de", N_("Profession, in German"), "Beruf | Occupation (de)"),
    field("summary_ru", N_("Summary, in Russian"), "Кратко | Summary (ru) | Коротко | Аннотация"),
    field("summary_en", N_("Summary, in English"), "Summary | Summary (en)"),
    field("summary_de", N_("Summary, in German"), "Summary (de) | Zusammenfassung"),
    field("story_ru", N_("Story, in Russian"), "История | Биография | Описание | О человеке | Story (ru)"),
    field("story_en", N_("Story, in English"), "Story | Biography | Description | Story (en) | About"),
    field("story_de", N_("Story, in German"), "Geschichte | Story (de)"),
    field("articles", N_("Articles charged"),
           "Статья | Статьи | Статьи обвинения | Статья УК | Статьи УК РФ | Обвинение | Articles | Article | Charges"
           " | Charge"),
    field("case_name", N_("Name of the case"), "Дело | Название дела | Case | Case name"),
    field("arrested_on", N_("Arrested on"),
           "Дата ареста | Дата задержания | Арестован | Задержан | Под стражей с | Arrest date | Arrested"
           " | Date of arrest | Detained"),
    field("status", N_("Where the law has put them"), "Статус | Мера пресечения | Status | Current status"),
    field("sentence", N_("Sentence"), "Приговор | Срок | Наказание | Sentence | Term | Verdict"),
    field("sentenced_on", N_("Sentenced on"), "Дата приговора | Sentenced | Date of sentence | Verdict date"),
    field("court", N_("Court"), "Суд | Court"),
    field("facility", N_("Facility: code or name"),
           "Учреждение | Место заключения | Где содержится | Колония | СИЗО | Facility | Prison | Place of detention"
           " | Код учреждения | Facility code | Institution"),
    field("postal_index", N_("Postal index"), "Индекс | Почтовый индекс | Index | Postal code | Postcode | ZIP"),
    field("address", N_("Postal address"), "Адрес | Адрес для писем | Почтовый адрес | Address | Postal address"),
    field("listing", N_("Recognised by"),
           "Признан | Признание | Список | Recognised by | Listing | List | Кем признан"),
    field("listing_url", N_("Address of the recognition"), "Ссылка на список | Listing URL | Listing address"),
    field("listed_on", N_("Recognised on"), "Дата признания | Recognised on | Listed on"),
    field("source_url", N_("Address of the source"), "Источник | Ссылка | Source | Source URL | URL | Link"),
    field("source_title", N_("Source: publication and day, or who told it"), "Название источника | Source title"),
)  # fmt: skip

BY_NAME = {each.name: each for each in FIELDS}
SYNONYMS = {each.name: each.synonyms for each in FIELDS}
NAMES = ("full_name", "last_ru", "full_name_latin", "last_latin", "id")
"""One of these must be mapped: without a name nobody can be told apart."""
TEXTS = ("occupation", "summary", "story")
