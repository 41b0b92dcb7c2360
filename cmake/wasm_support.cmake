# What a WebAssembly build needs beside the compiler: the header-only libraries and two symbols that Debian's parts lack.

# /usr/include belongs to the host, so only the wanted folders are shown to the compiler, through links.
set(headers ${CMAKE_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${headers})
foreach(library fmt nlohmann)
  if(NOT EXISTS /usr/include/${library})
    message(FATAL_ERROR "/usr/include/${library} is missing: ./dev setup installs it")
  endif()
  file(CREATE_LINK /usr/include/${library} ${headers}/${library} SYMBOLIC)
endforeach()
include_directories(SYSTEM ${headers})

# libclang_rt calls __stack_chk_fail, which wasi-libc does not have; the linker takes the file only when it is called.
add_library(lathe_wasm_support STATIC ${CMAKE_SOURCE_DIR}/cmake/stack_protector.c)
link_libraries(lathe_wasm_support)

find_program(LATHE_NODE node)
set(LATHE_TEST_RUNNER ${LATHE_NODE} --no-warnings ${CMAKE_SOURCE_DIR}/tests/wasm/run_wasi.mjs)
