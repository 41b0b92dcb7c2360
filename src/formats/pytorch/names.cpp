#include "formats/pytorch/names.h"

#include <algorithm>
#include <array>
#include <vector>

namespace lathe::formats::pytorch {
namespace {

struct MakerRow {
    std::string_view name;
    Maker maker;
};
constexpr auto kMakers = std::to_array<MakerRow>({
    {"collections.OrderedDict", Maker::kDictionary},
    {"collections.defaultdict", Maker::kDictionary},
    {"collections.Counter", Maker::kDictionary},
    {"builtins.dict", Maker::kDictionary},
    {"__builtin__.dict", Maker::kDictionary},
    {"argparse.Namespace", Maker::kDictionary},
    {"types.SimpleNamespace", Maker::kDictionary},
    {"pytorch_lightning.utilities.parsing.AttributeDict", Maker::kDictionary},
    {"lightning.pytorch.utilities.parsing.AttributeDict", Maker::kDictionary},
    {"lightning_fabric.utilities.data.AttributeDict", Maker::kDictionary},
    {"lightning.fabric.utilities.data.AttributeDict", Maker::kDictionary},
    {"builtins.set", Maker::kSequence},
    {"__builtin__.set", Maker::kSequence},
    {"builtins.frozenset", Maker::kSequence},
    {"__builtin__.frozenset", Maker::kSequence},
    {"builtins.list", Maker::kSequence},
    {"__builtin__.list", Maker::kSequence},
    {"builtins.tuple", Maker::kSequence},
    {"__builtin__.tuple", Maker::kSequence},
    {"torch.Size", Maker::kSequence},
    {"_codecs.encode", Maker::kEncoded},
    {"builtins.bytearray", Maker::kByteArray},
    {"__builtin__.bytearray", Maker::kByteArray},
    {"pathlib.PosixPath", Maker::kPath},
    {"pathlib.WindowsPath", Maker::kPath},
    {"pathlib.PurePosixPath", Maker::kPath},
    {"pathlib.PureWindowsPath", Maker::kPath},
    {"builtins.complex", Maker::kComplex},
    {"__builtin__.complex", Maker::kComplex},
    {"torch.serialization._get_layout", Maker::kText},
    {"torch.device", Maker::kDevice},
    {"torch._utils._rebuild_tensor", Maker::kTensor},
    {"torch._utils._rebuild_tensor_v2", Maker::kTensor},
    {"torch._utils._rebuild_tensor_v3", Maker::kTensor},
    {"torch._utils._rebuild_parameter", Maker::kTensor},
    {"torch._utils._rebuild_parameter_with_state", Maker::kTensor},
    {"torch._tensor._rebuild_from_type_v2", Maker::kTensor},
    {"torch.tensor._rebuild_from_type_v2", Maker::kTensor},
    {"numpy.core.multiarray._reconstruct", Maker::kArray},
    {"numpy._core.multiarray._reconstruct", Maker::kArray},
    {"numpy.core.numeric._frombuffer", Maker::kArrayOfBuffer},
    {"numpy._core.numeric._frombuffer", Maker::kArrayOfBuffer},
    {"numpy.core.multiarray.scalar", Maker::kScalar},
    {"numpy._core.multiarray.scalar", Maker::kScalar},
});

// Names that stand as arguments only: types, and the factories of a defaultdict.
constexpr auto kTypes = std::to_array<std::string_view>({
    "torch.Tensor",       "torch.nn.parameter.Parameter",
    "torch.nn.Parameter", "torch.nn.parameter.Buffer",
    "numpy.ndarray",      "numpy.dtype",
    "builtins.int",       "__builtin__.int",
    "builtins.float",     "__builtin__.float",
    "builtins.str",       "__builtin__.str",
    "builtins.bool",      "__builtin__.bool",
    "builtins.bytes",     "__builtin__.unicode",
    "__builtin__.long",   "builtins.object",
    "__builtin__.object",
});

struct StorageRow {
    std::string_view name;
    StorageType type;
};
constexpr auto kStorages = std::to_array<StorageRow>({
    {"DoubleStorage", {DType::kF64}},
    {"FloatStorage", {DType::kF32}},
    {"HalfStorage", {DType::kF16}},
    {"BFloat16Storage", {DType::kBF16}},
    {"LongStorage", {DType::kI64}},
    {"IntStorage", {DType::kI32}},
    {"ShortStorage", {DType::kI16}},
    {"CharStorage", {DType::kI8}},
    {"ByteStorage", {DType::kU8}},
    {"BoolStorage", {DType::kBool}},
    {"ComplexFloatStorage", {DType::kC64}},
    {"ComplexDoubleStorage", {DType::kC128}},
    {"UntypedStorage", {DType::kU8, true}},
    {"_UntypedStorage", {DType::kU8, true}},
});
constexpr auto kStorageModules = std::to_array<std::string_view>({"torch.", "torch.storage.", "torch.cuda."});

struct DTypeRow {
    std::string_view name;
    DType dtype;
};
constexpr auto kDTypes = std::to_array<DTypeRow>({
    {"torch.float64", DType::kF64},
    {"torch.double", DType::kF64},
    {"torch.float32", DType::kF32},
    {"torch.float", DType::kF32},
    {"torch.float16", DType::kF16},
    {"torch.half", DType::kF16},
    {"torch.bfloat16", DType::kBF16},
    {"torch.float8_e4m3fn", DType::kF8E4M3},
    {"torch.float8_e5m2", DType::kF8E5M2},
    {"torch.float8_e8m0fnu", DType::kF8E8M0},
    {"torch.int64", DType::kI64},
    {"torch.long", DType::kI64},
    {"torch.int32", DType::kI32},
    {"torch.int", DType::kI32},
    {"torch.int16", DType::kI16},
    {"torch.short", DType::kI16},
    {"torch.int8", DType::kI8},
    {"torch.uint8", DType::kU8},
    {"torch.uint16", DType::kU16},
    {"torch.uint32", DType::kU32},
    {"torch.uint64", DType::kU64},
    {"torch.bool", DType::kBool},
    {"torch.complex64", DType::kC64},
    {"torch.cfloat", DType::kC64},
    {"torch.complex128", DType::kC128},
    {"torch.cdouble", DType::kC128},
});

// What a person can do about a name that is refused.
std::string way_out(std::string_view name) {
    const auto has = [&](std::string_view part) { return name.find(part) != std::string_view::npos; };
    if (has("fnuz") || has("complex32") || has("float4") || has("bits"))
        return "this element type is not supported; convert the tensors, with .float() for example, before saving";
    if (has("QInt") || has("QUInt") || has("qint") || has("quint") || has("qtensor"))
        return "quantised tensors are not supported; save tensor.dequantize()";
    if (has("sparse")) return "sparse tensors are not supported; save tensor.to_dense()";
    if (has("_rebuild_")) return "this kind of tensor is not supported; save plain CPU tensors";
    if (name.starts_with("torch.storage._load_from_bytes"))
        return "the tensors were saved by pickle; save them with torch.save";
    if (name.starts_with("__torch__") || name.starts_with("torch.jit"))
        return "save the state_dict() of the scripted module";
    if (name.starts_with("os.") || name.starts_with("posix.") || name.starts_with("nt.") ||
        name.starts_with("subprocess.") || name.ends_with(".eval") || name.ends_with(".exec"))
        return "a checkpoint has no use for this: do not trust the file";
    return "if the file holds a whole module or training state, save only its state_dict()";
}

std::vector<std::string> make_allowed() {
    std::vector<std::string> names;
    for (const MakerRow& row : kMakers) names.emplace_back(row.name);
    for (const std::string_view type : kTypes) names.emplace_back(type);
    for (const DTypeRow& row : kDTypes) names.emplace_back(row.name);
    for (const StorageRow& row : kStorages)
        for (const std::string_view module : kStorageModules)
            names.push_back(std::string(module) + std::string(row.name));
    return names;
}

}  // namespace

Maker maker_named(std::string_view name) {
    const auto it = std::ranges::find(kMakers, name, &MakerRow::name);
    return it == kMakers.end() ? Maker::kNone : it->maker;
}

std::optional<StorageType> storage_type_named(std::string_view name) {
    for (const std::string_view module : kStorageModules) {
        if (!name.starts_with(module)) continue;
        const auto it = std::ranges::find(kStorages, name.substr(module.size()), &StorageRow::name);
        if (it != kStorages.end()) return it->type;
    }
    return std::nullopt;
}

std::optional<DType> dtype_named(std::string_view name) {
    const auto it = std::ranges::find(kDTypes, name, &DTypeRow::name);
    return it == kDTypes.end() ? std::nullopt : std::optional(it->dtype);
}

wire::PickleOptions pickle_options() {
    static const std::vector<std::string> kNames = make_allowed();
    static const std::vector<std::string_view> kViews(kNames.begin(), kNames.end());
    return {.allowed = kViews, .way_out = way_out};
}

}  // namespace lathe::formats::pytorch
