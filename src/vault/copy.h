/* Copying a vault's file page by page, each page checked on the way. */
#ifndef TACIT_VAULT_COPY_H
#define TACIT_VAULT_COPY_H

#include "base/error.h"
#include "vault/keys.h"

/* Copies the pages of `from` behind a new header in the new file `to`, durable when it returns.
 * `sealed_with` opens them. With `seal_with`, each page is sealed anew with those keys; without,
 * the sealed bytes are copied as they are. TACIT_E_DAMAGED at a page that does not open. `to` must
 * not exist and is removed on failure. */
int copy_vault(const char *from, const char *to, const struct keys_header *header,
	       const struct keys *sealed_with, const struct keys *seal_with, struct error *error);

#endif
