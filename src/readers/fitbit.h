/* Fitbit: the JSON files of "Global Export Data". */
#ifndef TACIT_READERS_FITBIT_H
#define TACIT_READERS_FITBIT_H

#include "readers/reader.h"

extern const struct reader fitbit_files;

#endif
