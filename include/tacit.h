#ifndef TACIT_H
#define TACIT_H

#include <stddef.h>
#include <stdint.h>

/* Results: 0 is success. */
enum {
	TACIT_OK = 0,
	TACIT_E_MEMORY = -1,	/* out of memory */
	TACIT_E_ARGUMENT = -2,	/* the caller asked for something that makes no sense */
	TACIT_E_NOT_FOUND = -3,	/* no such file, vault, item, pack ... */
	TACIT_E_EXISTS = -4,	/* it is there already */
	TACIT_E_IO = -5,	/* reading or writing failed: disk full, permission ... */
	TACIT_E_DAMAGED = -6,	/* bytes are not what they were when written */
	TACIT_E_SECRET = -7,	/* wrong passphrase or key file */
	TACIT_E_LOCKED = -8,	/* the vault needs its passphrase */
	TACIT_E_BUSY = -9,	/* another process has the vault */
	TACIT_E_NEWER = -10,	/* written by a later version of tacit */
	TACIT_E_FORMAT = -11,	/* not a format that tacit reads, or broken */
	TACIT_E_LIMIT = -12,	/* beyond a limit named in src/base/limits.h */
	TACIT_E_SIGNATURE = -13,	/* signature missing where needed, or wrong */
	TACIT_E_UNKNOWN = -14,	/* too little evidence: "I don't know" */
	TACIT_E_STOPPED = -15	/* the caller's callback stopped it */
};

#endif
