// The names that may appear in a checkpoint's pickle, and what the types among them mean.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tensor/dtype.h"
#include "wire/pickle.h"

namespace lathe::formats::pytorch {

// What calling a name makes.
enum class Maker {
    kNone,        // not to be called: a type, or unknown
    kDictionary,  // OrderedDict, defaultdict, Counter, Namespace, …: pairs
    kSequence,    // set, list, torch.Size, …: one argument with the elements
    kEncoded,     // _codecs.encode(text, "latin1"): bytes, as protocol 2 writes them
    kByteArray,   // bytearray(bytes)
    kPath,        // pathlib: parts of a path
    kComplex,     // complex(real, imaginary)
    kText,        // one text, such as a layout's name
    kDevice,      // torch.device(kind, index)
    kTensor,      // torch._utils._rebuild_…
    kArray,       // numpy's _reconstruct, with everything in the state
    kArrayOfBuffer,  // numpy's _frombuffer(bytes, dtype, shape, order)
    kScalar,      // numpy's scalar(dtype, bytes)
};
Maker maker_named(std::string_view name);

struct StorageType {
    DType dtype = DType::kU8;
    bool untyped = false;  // bytes; whoever uses them says what they are
};
// "torch.FloatStorage" and so on, in the modules that PyTorch has kept them in.
std::optional<StorageType> storage_type_named(std::string_view name);
// "torch.float32" and so on.
std::optional<DType> dtype_named(std::string_view name);

// For wire::Pickle::parse: every name that the functions above know, and the types that only stand beside them; for
// others, what to save instead.
wire::PickleOptions pickle_options();

}  // namespace lathe::formats::pytorch
