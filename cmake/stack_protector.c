/* The stack protector's two symbols: Debian's compiler-rt for WebAssembly was built to call them, its libc lacks them. */
#include <stdint.h>

uintptr_t __stack_chk_guard = 0x7f3c59a1u;

_Noreturn void __stack_chk_fail(void) { __builtin_trap(); }
