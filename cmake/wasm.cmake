# WebAssembly by clang 22 (20 at least: older libc++ cannot read a double), wasi-libc and libc++, all from Debian. Plain
# modules with one thread, for Node's and the browser's WASI; a browser's worker threads are linked by the web app itself.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(LATHE_WASM ON)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

# The program's name carries the version, so the newest that Debian or Ubuntu has is found; LATHE_LLVM picks one.
set(LATHE_LLVM 22 CACHE STRING "Version of clang and lld for WebAssembly")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LATHE_LLVM)
set(CMAKE_C_COMPILER clang-${LATHE_LLVM})
set(CMAKE_CXX_COMPILER clang++-${LATHE_LLVM})
set(CMAKE_AR llvm-ar-${LATHE_LLVM} CACHE STRING "" FORCE)
set(CMAKE_RANLIB llvm-ranlib-${LATHE_LLVM} CACHE STRING "" FORCE)
# Debian keeps the headers and libraries under wasm32-wasi; clang calls that spelling deprecated.
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)

set(flags "-Wno-deprecated -msimd128 -mbulk-memory -fno-exceptions")
set(CMAKE_C_FLAGS_INIT "${flags}")
set(CMAKE_CXX_FLAGS_INIT "${flags}")
# 8 MiB of stack, as a native main thread has, below the data so that an overflow traps; memory grows up to 4 GiB.
# clang would run any wasm-opt on the path, and Debian's is too old for what clang emits.
set(CMAKE_EXE_LINKER_FLAGS_INIT
  "--no-wasm-opt -Wl,--stack-first -Wl,-z,stack-size=8388608 -Wl,--max-memory=4294967296")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE NEVER)
