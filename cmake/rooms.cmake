# One target per room. `lathe_room(NAME DEPS other rooms…)` compiles every .cpp of the folder into lathe_NAME, and every
# *_test.cpp of it into one test binary, lathe_NAME_test. EXCLUDE takes patterns of files to leave out. HEADERS names the
# precompiled headers (precompiled.cmake). Tests that need what WebAssembly lacks (processes, threads, a compressor) are in
# files named *_native_test.cpp.
#
# With LATHE_UNITY several files of a target are compiled as one, which takes half the time: most of it goes into the same
# headers and templates again and again. File-local names must then differ within a room.
#
# Rooms that compute nothing themselves are LIGHT: compiled with -O1, in four fifths of the time.

# Sanitizers and the standard library are chosen for everything in the build, GoogleTest included.
if(LATHE_SANITIZE)
  add_compile_options(-fsanitize=${LATHE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${LATHE_SANITIZE})
endif()
if(LATHE_LIBCXX)
  string(REGEX MATCH "^[0-9]+" llvm ${CMAKE_CXX_COMPILER_VERSION})
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-stdlib=libc++>)
  add_link_options(-stdlib=libc++ -static-libstdc++ -fuse-ld=lld-${llvm})
endif()

# Error messages and debug information name files from the root of the repository. The compiler is given absolute paths,
# which ccache makes relative to the build folder before it compiles.
file(RELATIVE_PATH root ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})

# (GCC 12 warns falsely of copies and of deallocations inside std::string and std::vector that it has inlined; Clang and
# the address sanitizer look for the true ones.)
add_library(lathe_flags INTERFACE)
target_compile_options(lathe_flags INTERFACE -Wall -Wextra -Wno-missing-field-initializers -ffp-contract=off
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-free-nonheap-object>
  $<$<BOOL:${LATHE_WERROR}>:-Werror> -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${root}=)
target_include_directories(lathe_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)

# What src/ may not use, so that a browser can have it.
add_library(lathe_src_flags INTERFACE)
target_link_libraries(lathe_src_flags INTERFACE lathe_flags)
target_compile_options(lathe_src_flags INTERFACE -fno-exceptions)
target_compile_definitions(lathe_src_flags INTERFACE FMT_EXCEPTIONS=0)

# Tests run once and compile often; so do light rooms. (GCC 12 with -O1 takes optional values for uninitialised.)
add_library(lathe_light_flags INTERFACE)
target_compile_options(lathe_light_flags INTERFACE
  $<$<CONFIG:Release>:-O1;$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>>)

if(LATHE_PCH)
  include(precompiled)
endif()

function(lathe_join target)
  if(LATHE_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
    # (A file that is included by another is no header because of that.)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

function(lathe_room name)
  cmake_parse_arguments(ARG "LIGHT" "HEADERS" "DEPS;LIBS;EXCLUDE" ${ARGN})
  if(NOT ARG_HEADERS)
    if(ARG_LIGHT)
      set(ARG_HEADERS light)
    else()
      set(ARG_HEADERS room)
    endif()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(LATHE_WASM)
    list(FILTER tests EXCLUDE REGEX "_native_test\\.cpp$")
  endif()
  foreach(pattern ${ARG_EXCLUDE})
    list(FILTER sources EXCLUDE REGEX ${pattern})
    list(FILTER tests EXCLUDE REGEX ${pattern})
  endforeach()
  list(TRANSFORM ARG_DEPS PREPEND lathe_ OUTPUT_VARIABLE deps)
  if(sources)
    add_library(lathe_${name} STATIC ${sources})
    target_link_libraries(lathe_${name} PUBLIC ${deps} ${ARG_LIBS} PRIVATE lathe_src_flags)
    target_include_directories(lathe_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    if(ARG_LIGHT)
      target_link_libraries(lathe_${name} PRIVATE lathe_light_flags)
    endif()
    lathe_join(lathe_${name})
    if(LATHE_PCH)
      target_precompile_headers(lathe_${name} REUSE_FROM lathe_${ARG_HEADERS}_headers)
    endif()
  else()
    add_library(lathe_${name} INTERFACE)
    target_link_libraries(lathe_${name} INTERFACE ${deps} ${ARG_LIBS})
  endif()
  if(LATHE_TESTS AND tests)
    add_executable(lathe_${name}_test ${tests})
    target_link_libraries(lathe_${name}_test PRIVATE lathe_${name} lathe_src_flags lathe_light_flags gtest gtest_main)
    if(LATHE_PCH)
      target_precompile_headers(lathe_${name}_test REUSE_FROM lathe_test_headers)
    endif()
    lathe_join(lathe_${name}_test)
    lathe_add_test(${name})
  endif()
endfunction()

# A program of app/: `lathe_program(NAME DEPS rooms… LIBS libraries…)` compiles the .cpp files of the folder into
# build/PRESET/NAME. Its own sources may use exceptions, where a library needs them. `programs` builds all of them.
add_custom_target(programs)
function(lathe_program name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM ARG_DEPS PREPEND lathe_ OUTPUT_VARIABLE deps)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${deps} ${ARG_LIBS} lathe_flags lathe_light_flags)
  lathe_join(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  add_dependencies(programs ${name})
endfunction()
