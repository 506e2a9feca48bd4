/*
 * CLONES on a function builds it three times, for plain x86-64, AVX2 and AVX-512, and picks one
 * when the program starts. The compiler must not fuse multiplications and additions (the Makefile's
 * -ffp-contract=off), so every variant gives the same bits. Sanitizers run before the choice can
 * be made, so their builds have the plain one.
 */
#ifndef TACIT_BASE_CLONES_H
#define TACIT_BASE_CLONES_H

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
	!defined(__clang__) && !defined(TACIT_PLAIN)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#endif
