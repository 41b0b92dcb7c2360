// TorchScript archives (torch.jit.save: .pt), traced or scripted, read into graphs: the code of the module's forward is
// run on symbols, calls and loops are put in place, modules and lists dissolve, in-place operators become new values.
//
// An archive does not say the shapes of its inputs: they are given, or guessed from the first operators, with symbols
// for what those leave open. Outputs are called "output", or "output_0", … of a tuple, or by a dictionary's keys.
// Refused: paths that depend on the inputs' values, state that changes, training mode, operators that Lathe does not
// have (all of them listed).
#pragma once
#include "formats/format.h"

namespace lathe::formats::torchscript {

Match match(ByteSpan file, std::string_view path);
Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path);
Result<graph::Checkpoint> read_with(const SharedBytes& file, const std::string& path,
                                    const OpenOptions& options);

}  // namespace lathe::formats::torchscript
