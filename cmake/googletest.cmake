# GoogleTest from Debian's sources, built with our own flags for every compiler, sanitizer and for WebAssembly.
add_library(gtest STATIC ${googletest}/src/gtest-all.cc)
target_include_directories(gtest SYSTEM PUBLIC ${googletest}/include PRIVATE ${googletest})
target_compile_options(gtest PRIVATE -w -fno-exceptions)
add_library(gtest_main STATIC ${googletest}/src/gtest_main.cc)
target_compile_options(gtest_main PRIVATE -w -fno-exceptions)
target_link_libraries(gtest_main PUBLIC gtest)
if(LATHE_WASM)
  # No threads, processes or file descriptors to redirect in WASI.
  target_compile_definitions(gtest PUBLIC GTEST_HAS_PTHREAD=0 GTEST_HAS_CLONE=0 GTEST_HAS_STREAM_REDIRECTION=0
    GTEST_HAS_DEATH_TEST=0 GTEST_HAS_POSIX_RE=0)
else()
  find_package(Threads REQUIRED)
  target_link_libraries(gtest PUBLIC Threads::Threads)
endif()

function(lathe_add_test room)
  add_test(NAME ${room} COMMAND ${LATHE_TEST_RUNNER} $<TARGET_FILE:lathe_${room}_test>)
  # Three hours: the long sets (LATHE_LONG) and the sanitizers take their time, also on a busy machine.
  set_tests_properties(${room} PROPERTIES ENVIRONMENT "LATHE_SHARED=${LATHE_SHARED}" TIMEOUT 10800)
endfunction()
