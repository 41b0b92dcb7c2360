// Gathering, scattering, and bands of matrices.
#include "formats/coreml/import.h"

namespace lathe::formats::coreml {
namespace {

using graph::ValueId;

Status import_gather(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const ValueId indices, o.in("indices"));
    TRY(const int64_t axis, o.integer("axis", 0));
    TRY(const int64_t batch, o.integer("batch_dims", 0));
    if (batch != 0) return fail("it has batch_dims, which is not supported");
    const bool along = o.operation().type == "gather_along_axis";
    o.results = {o.add(along ? "gather_elements" : "gather", {x, indices}, {{"axis", axis}})};
    return {};
}

Status import_gather_nd(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const ValueId indices, o.in("indices"));
    TRY(const int64_t batch, o.integer("batch_dims", 0));
    o.results = {o.add("gather_nd", {x, o.as_i64(indices)}, {{"batch_dims", batch}})};
    return {};
}

Status import_scatter(OperationView& o) {
    TRY(const ValueId data, o.in("data"));
    TRY(const ValueId indices, o.in("indices"));
    TRY(const ValueId updates, o.in("updates"));
    TRY(const std::string mode, o.text("mode", "add"));
    if (mode != "update" && mode != "add" && mode != "mul" && mode != "max" && mode != "min")
        return fail("its mode is '{}', which is not supported", mode);
    const std::string reduction = mode == "update" ? "none" : mode;
    if (o.operation().type == "scatter_nd") {
        o.results = {o.add("scatter_nd", {data, o.as_i64(indices), updates}, {{"reduction", reduction}})};
        return {};
    }
    TRY(const int64_t axis, o.integer("axis", 0));
    o.results = {
        o.add("scatter_elements", {data, indices, updates}, {{"axis", axis}, {"reduction", reduction}})};
    return {};
}

// i - j <= lower and j - i <= upper stay; a number below 0 bounds nothing.
Status import_band_part(OperationView& o) {
    TRY(ValueId x, o.in("x"));
    TRY(const int64_t lower, o.integer("lower", -1));
    TRY(const int64_t upper, o.integer("upper", -1));
    if (lower >= 0) x = o.add("trilu", {x}, {{"k", -lower}, {"upper", true}});
    if (upper >= 0) x = o.add("trilu", {x}, {{"k", upper}, {"upper", false}});
    o.results = {x};
    return {};
}

constexpr ImportRow kIndexImports[] = {
    {"band_part", import_band_part},        {"gather", import_gather},
    {"gather_along_axis", import_gather},   {"gather_nd", import_gather_nd},
    {"scatter_along_axis", import_scatter}, {"scatter_nd", import_scatter},
};

}  // namespace

std::span<const ImportRow> index_imports() { return kIndexImports; }

}  // namespace lathe::formats::coreml
