// PyTorch's checkpoints, as torch.save writes them (.pt .pth .ckpt .bin): the zip archive of version 1.6 and later, and
// the older stream of pickles followed by raw storages. Source of both layouts: torch/serialization.py.
//
// The pickle inside is read as data: a closed list of constructors, everything else is refused by its name and nothing
// is ever run. Tensors are views of the file: strided, shared and repeated (stride 0) as they were saved.
// Refused in words: whole modules, TorchScript programs, big-endian files, tar files (before 2017), quantised and sparse
// tensors.
#pragma once
#include "formats/format.h"

namespace lathe::formats {

Match match_pytorch(ByteSpan file, std::string_view path);

// Names: the keys of nested dictionaries joined by dots; elements of lists and tuples by their number; a file that
// holds one bare tensor names it "tensor". NumPy arrays are tensors too.
// Metadata: everything else in its own structure: dictionaries as objects (keys as text), lists, tuples and sets as
// arrays (null where a tensor was), dtypes and devices as text, bytes as binary values, integers above 64 bits as
// hexadecimal text. Attributes that PyTorch hangs on a dictionary (a state_dict's _metadata) are left out.
Result<graph::Checkpoint> read_pytorch(const SharedBytes& file, const std::string& path);

}  // namespace lathe::formats
