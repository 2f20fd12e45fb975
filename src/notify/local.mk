libef_la_SOURCES +=
