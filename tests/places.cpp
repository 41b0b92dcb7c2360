#include "places.h"

namespace lathe {

const char* const kRepository = LATHE_ROOT;
const char* const kProgram = LATHE_PROGRAM;
const char* const kArchiveMaker = LATHE_ARCHIVE_MAKER;
const char* const kArchiveRunner = LATHE_ARCHIVE_RUNNER;
const char* const kNcnnDriver = LATHE_NCNN_DRIVER;

}  // namespace lathe
