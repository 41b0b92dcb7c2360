#include "quant/target.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace lathe::quant {
namespace {

struct CastName {
    std::string_view name;
    DType dtype;
};
constexpr std::array<CastName, 3> kCasts = {
    {{"fp16", DType::kF16}, {"bf16", DType::kBF16}, {"fp32", DType::kF32}}};

constexpr int64_t kDefaultRotation = 256;  // the group that loaders have a fast kernel for
constexpr int64_t kMaxBlock = 65536, kMaxRotation = 65536;

LayerSpec default_spec(const Scheme& scheme) {
    LayerSpec spec{.scheme = &scheme, .rounding = scheme.rounding};
    if (scheme.element == Element::kI8) spec.scaling = Scaling::kRow;
    if (scheme.element == Element::kU4) spec.block_size = scheme.block;
    if (scheme.always_rotated) spec.rotation = kDefaultRotation;
    return spec;
}

}  // namespace

std::string target_names() {
    std::vector<std::string> names;
    for (const Scheme& scheme : schemes()) names.emplace_back(scheme.name);
    for (const CastName& cast : kCasts) names.emplace_back(cast.name);
    names.emplace_back("keep");
    return join(names, ", ");
}

Result<Target> target_named(std::string_view name) {
    if (name == "keep") return Target{.keep = true};
    const auto cast = std::ranges::find(kCasts, name, &CastName::name);
    if (cast != kCasts.end()) return Target{.cast = cast->dtype};
    if (const Scheme* scheme = scheme_named(name)) return Target{.spec = default_spec(*scheme)};
    return fail("there is no format '{}'; there are {}", printable(name), target_names());
}

std::string name_of(const Target& target) {
    if (target.keep) return "keep";
    if (!target.cast) return std::string(target.spec.scheme->name);
    const auto cast = std::ranges::find(kCasts, *target.cast, &CastName::dtype);
    return std::string(cast == kCasts.end() ? name_of(*target.cast) : cast->name);
}

Status check_target(const Target& target) {
    if (target.keep || target.cast) return {};
    const LayerSpec& spec = target.spec;
    if (spec.scheme == nullptr) return fail("no format is given; there are {}", target_names());
    const std::string_view name = spec.scheme->name;
    if (spec.block_size < 1 || spec.block_size > kMaxBlock)
        return fail("{}: blocks have 1 to {} elements, not {}", name, kMaxBlock, spec.block_size);
    if (spec.scheme->element == Element::kU4 && spec.block_size % 2 != 0)
        return fail("{}: groups of {} cannot be packed in pairs; use an even number", name, spec.block_size);
    if (spec.scheme->always_rotated && spec.rotation == 0)
        return fail("{} is always rotated; give a group, e.g. {}", name, kDefaultRotation);
    if (spec.rotation < 0 || spec.rotation > kMaxRotation)
        return fail("{}: rotation groups go up to {}, not {}", name, kMaxRotation, spec.rotation);
    if (spec.linear_dtype != "int4" && spec.linear_dtype != "int8")
        return fail("{}: loaders multiply in int4 or int8, not '{}'", name, printable(spec.linear_dtype));
    // What does not fit this matrix, which every block and group divides, fits none.
    const int64_t side = kDefaultRotation * spec.block_size * std::max<int64_t>(spec.rotation, 1);
    if (const auto why = misfit(spec, {side, side}, DType::kF32)) return fail("{}: {}", name, *why);
    return {};
}

}  // namespace lathe::quant
