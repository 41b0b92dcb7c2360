// Where the tests find this repository and the program that was built from it. In a source file of its own, so that
// everything else compiles to the same bytes in every checkout, and a compiler cache serves them all.
#pragma once
#include <string>

namespace lathe {

extern const char* const kRepository;  // its root, an absolute path
extern const char* const kProgram;  // build/PRESET/lathe
extern const char* const kArchiveMaker;  // torchscript/archives, built; "" without libtorch
extern const char* const kArchiveRunner;  // likewise
extern const char* const kNcnnDriver;  // ncnn/driver.cpp, built; "" without ncnn

}  // namespace lathe
