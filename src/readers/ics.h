/* iCalendar (.ics): events as plans, each time of a repeated one. */
#ifndef TACIT_READERS_ICS_H
#define TACIT_READERS_ICS_H

#include "readers/reader.h"

extern const struct reader ics_calendar;

#endif
