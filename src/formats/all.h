// The table of every format that can be opened.
#pragma once
#include <span>

#include "formats/format.h"

namespace lathe::formats {

std::span<const Format> all_formats();

// The format of these bytes: the certain match, else the only possible one.
// Errors: none matches (listing what can be read), or several possible ones.
Result<const Format*> recognise(ByteSpan file, const std::string& path);

// Maps and reads a file of any format. Errors begin with the path.
Result<graph::Checkpoint> open(const std::string& path, const OpenOptions& options = {});

}  // namespace lathe::formats
