"""Tables that people bring along: CSV, XLSX and ODS, read as text row by row, with everything dangerous refused.

`open_table` looks at what a file is before anything reads it, and says in a sentence why it is not taken. What a column
means is guessed by headings.py, what stands in a cell is read by days.py and names.py.
"""

from campaign.kernel.tables.errors import BadTable
from campaign.kernel.tables.headings import guess_mapping
from campaign.kernel.tables.opening import LARGEST_FILE, Bounds, open_file, open_table
from campaign.kernel.tables.table import MOST_COLUMNS, MOST_ROWS, Row, Table

__all__ = [
    "LARGEST_FILE", "MOST_COLUMNS", "MOST_ROWS", "BadTable", "Bounds", "Row", "Table", "guess_mapping", "open_file",
    "open_table",
]  # fmt: skip
