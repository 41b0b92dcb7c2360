# Headers compiled once for a whole build (LATHE_PCH): compilers spend a third of their time on them. Builds without it
# (clang) remain the judge of what a file must include itself. A PCH serves only targets with the same flags,
# hence one for rooms and one for tests.
set(standard_headers <algorithm> <array> <bit> <charconv> <cmath> <cstring> <expected> <functional> <limits> <map> <memory>
  <optional> <set> <span> <string> <string_view> <variant> <vector> <fmt/core.h>)
set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON)
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
file(WRITE ${CMAKE_BINARY_DIR}/precompiled_test.cpp "int main() {}\n")

add_library(lathe_room_headers STATIC ${CMAKE_BINARY_DIR}/precompiled.cpp)
target_link_libraries(lathe_room_headers PRIVATE lathe_src_flags)
target_precompile_headers(lathe_room_headers PRIVATE ${standard_headers})

if(LATHE_TESTS)
  add_executable(lathe_test_headers ${CMAKE_BINARY_DIR}/precompiled_test.cpp)
  target_link_libraries(lathe_test_headers PRIVATE lathe_src_flags lathe_test_flags gtest)
  target_precompile_headers(lathe_test_headers PRIVATE ${standard_headers} <gtest/gtest.h>)
endif()
