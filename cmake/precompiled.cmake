# Headers compiled once for a whole build (LATHE_PCH): compilers spend a third of their time on them. Builds without it
# (clang) remain the judge of what a file must include itself. A PCH serves only targets with the same flags: one for
# tests, and for rooms (`lathe_room(… HEADERS graph)`) one for those that compute with graphs, `light` for those that only
# rewrite them, one for the zoo, one for others.
set(standard_headers <algorithm> <array> <bit> <charconv> <cmath> <cstring> <expected> <functional> <limits> <map> <memory>
  <optional> <set> <span> <string> <string_view> <variant> <vector> <fmt/core.h>)
set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON)
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
file(WRITE ${CMAKE_BINARY_DIR}/precompiled_test.cpp "int main() {}\n")

function(lathe_precompile name)
  add_library(lathe_${name}_headers STATIC ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(lathe_${name}_headers PRIVATE lathe_src_flags)
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/src/ OUTPUT_VARIABLE own)
  target_precompile_headers(lathe_${name}_headers PRIVATE ${standard_headers} ${own})
endfunction()
lathe_precompile(room)
lathe_precompile(graph graph/builder.h graph/contexts.h)
lathe_precompile(light graph/builder.h graph/contexts.h)
lathe_precompile(zoo zoo/timm/families.h)
foreach(name light zoo)
  target_link_libraries(lathe_${name}_headers PRIVATE lathe_light_flags)
endforeach()

if(LATHE_TESTS)
  add_executable(lathe_test_headers ${CMAKE_BINARY_DIR}/precompiled_test.cpp)
  target_link_libraries(lathe_test_headers PRIVATE lathe_src_flags lathe_light_flags gtest)
  target_precompile_headers(lathe_test_headers PRIVATE ${standard_headers} <gtest/gtest.h>
    ${CMAKE_SOURCE_DIR}/src/graph/builder.h)
endif()
