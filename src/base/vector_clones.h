// LATHE_VECTOR_CLONES before a function compiles it twice, for the machine's widest vectors that are common (AVX2) and for
// every machine; the dynamic linker picks one. The results are the same bits: no product is fused with a sum. Empty where
// the system or a sanitizer cannot do this. For functions with the few innermost loops that take nearly all the time.
#pragma once
#include <cstddef>  // says which C library there is

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LATHE_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LATHE_SANITIZED
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(LATHE_SANITIZED)
#define LATHE_VECTOR_CLONES [[gnu::target_clones("arch=x86-64-v3", "default")]]
#else
#define LATHE_VECTOR_CLONES
#endif
