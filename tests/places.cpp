#include "places.h"

namespace lathe {

const char* const kRepository = LATHE_ROOT;
const char* const kProgram = LATHE_PROGRAM;

}  // namespace lathe
