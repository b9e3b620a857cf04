"""What the lines of the timetable do, a module a feature; each opens its own transactions around calls of services."""
