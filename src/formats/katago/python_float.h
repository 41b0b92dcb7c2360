// Numbers as Python's repr() prints them, because KataGo's exporter is Python: the shortest digits that read back
// equal, "20.0", "0.25", "1e-20", "1e-06".
#pragma once
#include <string>

namespace lathe::formats::katago {

std::string python_float(double value);  // finite

}  // namespace lathe::formats::katago
