// Operations that move elements, look them up, order them or say sizes.
#include <algorithm>

#include "formats/openvino/import.h"

namespace lathe::formats::openvino {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Ints;
using graph::ValueId;

Dims as_dims(const Ints& values) { return {values.begin(), values.end()}; }

Status import_reshape(LayerView& v) {
    TRY(const bool zero_stays, v.flag("special_zero", true));
    const auto target = v.known(1);
    const bool allow = !zero_stays;
    if (target && is_integer(target->dtype())) {
        const Ints sizes = target->to_ints();
        const bool zeros = std::ranges::find(sizes, 0) != sizes.end();
        v.result(v.add("reshape", {v.in(0)}, {{"shape", as_dims(sizes)}, {"allowzero", allow && zeros}}));
        return {};
    }
    v.result(v.add("reshape", {v.in(0), v.as_i64(1)}, {{"allowzero", allow}}));
    return {};
}

Status import_squeeze(LayerView& v) {
    Ints axes;
    if (v.inputs() > 1) {
        TRY(axes, v.ints(1));
    }
    v.result(v.add("squeeze", {v.in(0)}, {{"axes", axes}}));
    return {};
}

Status import_unsqueeze(LayerView& v) {
    TRY(const Ints axes, v.ints(1));
    v.result(v.add("unsqueeze", {v.in(0)}, {{"axes", axes}}));
    return {};
}

Status import_transpose(LayerView& v) {
    TRY(const Ints perm, v.ints(1));
    v.result(v.add("transpose", {v.in(0)}, {{"perm", perm}}));
    return {};
}

// numpy: to the target; bidirectional: to what both broadcast to. A number that is spread over sizes is constant_of_shape.
Status import_broadcast(LayerView& v) {
    const std::string mode = v.text("mode", "numpy");
    if (mode != "numpy" && mode != "bidirectional") return fail("its mode '{}' is not supported", mode);
    const auto target = v.known(1);
    if (target && is_integer(target->dtype()))
        v.result(v.add("expand", {v.in(0)}, {{"shape", as_dims(target->to_ints())}}));
    else v.result(v.add("expand", {v.in(0), v.as_i64(1)}));
    return {};
}

Status import_tile(LayerView& v) {
    const auto repeats = v.known(1);
    if (repeats && is_integer(repeats->dtype())) {
        Ints counts = repeats->to_ints();
        // The shorter of shape and repeats gets ones in front.
        ValueId x = v.in(0);
        const auto rank = static_cast<size_t>(v.rank(0));
        if (counts.size() < rank) counts.insert(counts.begin(), rank - counts.size(), 1);
        if (counts.size() > rank) {
            Ints axes;
            for (size_t i = 0; i < counts.size() - rank; ++i) axes.push_back(static_cast<int64_t>(i));
            x = v.add("unsqueeze", {x}, {{"axes", axes}});
        }
        v.result(v.add("tile", {x}, {{"repeats", as_dims(counts)}}));
        return {};
    }
    v.result(v.add("tile", {v.in(0), v.as_i64(1)}));
    return {};
}

Status import_concat(LayerView& v) {
    TRY(const int64_t axis, v.integer("axis", 0));
    std::vector<ValueId> parts;
    for (size_t i = 0; i < v.inputs(); ++i) parts.push_back(v.in(i));
    v.result(v.add("concat", std::move(parts), {{"axis", axis}}));
    return {};
}

Result<int64_t> one_of(LayerView& v, size_t i) {
    TRY(const Ints values, v.ints(i));
    if (values.size() != 1) return fail("its input {} has {} numbers, expected one", i, values.size());
    return values[0];
}

Status import_variadic_split(LayerView& v) {
    TRY(const int64_t axis, one_of(v, 1));
    const size_t parts = v.layer().outputs.size();
    const auto lengths = v.known(2);
    if (!lengths || !is_integer(lengths->dtype())) {
        v.results = v.b().add_many("split", {v.in(0), v.as_i64(2)}, {{"axis", axis}}, parts);
        return {};
    }
    Ints sizes = lengths->to_ints();
    if (sizes.size() != parts) return fail("it has {} outputs and {} lengths", parts, sizes.size());
    TRY(const int at, graph::normal_axis(axis, v.rank(0)));
    Dims dims = as_dims(sizes);
    const auto rest = std::ranges::find(sizes, -1);
    if (rest != sizes.end()) {
        Dim sum(0);
        for (const int64_t size : sizes)
            if (size != -1) sum = sum + Dim(size);
        dims[static_cast<size_t>(rest - sizes.begin())] = v.shape(0)[static_cast<size_t>(at)] - sum;
    }
    v.results = v.b().add_many("split", {v.in(0)}, {{"axis", axis}, {"split", dims}}, parts);
    return {};
}

Status import_split(LayerView& v) {
    TRY(const int64_t axis, one_of(v, 1));
    TRY(const int64_t parts, v.integer("num_splits", 0));
    TRY(const int at, graph::normal_axis(axis, v.rank(0)));
    const auto size = v.shape(0)[static_cast<size_t>(at)].constant();
    if (parts < 1 || parts != static_cast<int64_t>(v.layer().outputs.size()) || !size || *size % parts != 0)
        return fail("it cannot be split into {} equal parts", parts);
    v.results = v.b().add_many(
        "split", {v.in(0)}, {{"axis", axis}, {"split", Dims(static_cast<size_t>(parts), Dim(*size / parts))}},
        static_cast<size_t>(parts));
    return {};
}

Status import_slice(LayerView& v) {
    std::vector<ValueId> inputs{v.in(0), v.as_i64(1), v.as_i64(2)};
    const auto count = v.shape(1).empty() ? std::nullopt : v.shape(1)[0].constant();
    if (!count) return fail("how many axes it cuts is open");
    if (v.inputs() > 4) {
        inputs.push_back(v.as_i64(4));
    } else {
        Ints axes;
        for (int64_t i = 0; i < *count; ++i) axes.push_back(i);
        inputs.push_back(v.constant("axes", Tensor::ints(axes)));
    }
    inputs.push_back(v.as_i64(3));
    v.result(v.add("slice", std::move(inputs)));
    return {};
}

// begin, end and stride for the first axes, each of which a mask may set aside. No ellipsis, no new axes.
Status import_strided_slice(LayerView& v) {
    TRY(const Ints begin, v.ints(1));
    TRY(const Ints end, v.ints(2));
    Ints stride(begin.size(), 1);
    if (v.inputs() > 3) {
        TRY(stride, v.ints(3));
    }
    if (begin.size() != end.size() || begin.size() != stride.size() ||
        begin.size() > static_cast<size_t>(v.rank(0)))
        return fail("its begin, end and stride do not fit");
    const auto mask = [&](std::string_view key) -> Result<Ints> {
        TRY(Ints bits, v.list(key, {}));
        bits.resize(begin.size(), 0);
        return bits;
    };
    TRY(const Ints open_begin, mask("begin_mask"));
    TRY(const Ints open_end, mask("end_mask"));
    TRY(const Ints shrink, mask("shrink_axis_mask"));
    for (const std::string_view key : {"new_axis_mask", "ellipsis_mask"}) {
        TRY(const Ints bits, mask(key));
        if (std::ranges::find(bits, 1) != bits.end()) return fail("its {} is not supported", key);
    }
    constexpr int64_t kFar = std::numeric_limits<int64_t>::max();
    Dims starts, ends;
    Ints axes, removed;
    for (size_t i = 0; i < begin.size(); ++i) {
        const bool back = stride[i] < 0, one = shrink[i] != 0;
        axes.push_back(static_cast<int64_t>(i));
        starts.emplace_back(open_begin[i] != 0 && !one ? (back ? kFar : 0) : begin[i]);
        const int64_t next = begin[i] == -1 ? kFar : begin[i] + 1;
        ends.emplace_back(one ? next : open_end[i] != 0 ? (back ? -kFar : kFar) : end[i]);
        if (one) {
            stride[i] = 1;
            removed.push_back(static_cast<int64_t>(i));
        }
    }
    const ValueId y =
        v.add("slice", {v.in(0)}, {{"starts", starts}, {"ends", ends}, {"axes", axes}, {"steps", stride}});
    v.result(removed.empty() ? y : v.add("squeeze", {y}, {{"axes", removed}}));
    return {};
}

Status import_pad(LayerView& v) {
    TRY(Ints pads, v.ints(1));
    TRY(const Ints end, v.ints(2));
    pads.insert(pads.end(), end.begin(), end.end());
    const std::string mode = v.text("pad_mode", "constant");
    graph::Attrs attrs{{"pads", as_dims(pads)}};
    if (mode == "symmetric") return fail("its pad_mode symmetric is not supported");
    attrs.set("mode", mode);
    if (v.inputs() > 3 && !v.known(3)) {
        v.result(v.add("pad", {v.in(0), graph::kNoValue, v.in(3)}, attrs));
        return {};
    }
    if (v.inputs() > 3) {
        TRY(const double value, v.scalar(3));
        attrs.set("constant_value", value);
    }
    v.result(v.add("pad", {v.in(0)}, attrs));
    return {};
}

Status import_shape_of(LayerView& v) {
    TRY(const DType type, v.element("output_type", DType::kI64));
    const ValueId y = v.add("shape_of", {v.in(0)});
    v.result(type == DType::kI64 ? y : v.add("cast", {y}, {{"to", type}}));
    return {};
}

Status import_range(LayerView& v) {
    TRY(const DType type, v.element("output_type", v.dtype(0)));
    std::vector<ValueId> inputs;
    for (size_t i = 0; i < 3; ++i)
        inputs.push_back(v.dtype(i) == type ? v.in(i) : v.add("cast", {v.in(i)}, {{"to", type}}));
    v.result(v.add("range", std::move(inputs)));
    return {};
}

Status import_reverse_sequence(LayerView& v) {
    TRY(const int64_t batch, v.integer("batch_axis", 0));
    TRY(const int64_t time, v.integer("seq_axis", 1));
    v.result(v.add("reverse_sequence", {v.in(0), v.as_i64(1)}, {{"batch_axis", batch}, {"time_axis", time}}));
    return {};
}

// ---- by index

Status import_gather(LayerView& v) {
    TRY(const int64_t axis, one_of(v, 2));
    TRY(const int64_t batch, v.integer("batch_dims", 0));
    if (batch != 0) return fail("its batch_dims is {}, expected 0", batch);
    const bool index = v.dtype(1) == DType::kI64 || v.dtype(1) == DType::kI32;
    v.result(v.add("gather", {v.in(0), index ? v.in(1) : v.as_i64(1)}, {{"axis", axis}}));
    return {};
}

Status import_gather_elements(LayerView& v) {
    TRY(const int64_t axis, v.integer("axis", 0));
    v.result(v.add("gather_elements", {v.in(0), v.in(1)}, {{"axis", axis}}));
    return {};
}

Status import_gather_nd(LayerView& v) {
    TRY(const int64_t batch, v.integer("batch_dims", 0));
    v.result(v.add("gather_nd", {v.in(0), v.as_i64(1)}, {{"batch_dims", batch}}));
    return {};
}

Result<std::string> reduction(LayerView& v) {
    const std::string name = v.text("reduction", "none");
    if (name == "sum") return std::string("add");
    if (name == "prod") return std::string("mul");
    if (name == "none" || name == "min" || name == "max") return name;
    return fail("its reduction '{}' is not supported", name);
}

Status import_scatter_elements(LayerView& v) {
    TRY(const int64_t axis, one_of(v, 3));
    TRY(std::string how, reduction(v));
    TRY(const bool keeps, v.flag("use_init_val", true));
    if (!keeps && how != "none")
        return fail("it leaves the first values out of the reduction (use_init_val)");
    v.result(v.add("scatter_elements", {v.in(0), v.in(1), v.in(2)}, {{"axis", axis}, {"reduction", how}}));
    return {};
}

Status import_scatter_nd(LayerView& v) {
    TRY(std::string how, reduction(v));
    v.result(v.add("scatter_nd", {v.in(0), v.as_i64(1), v.in(2)}, {{"reduction", how}}));
    return {};
}

Status import_one_hot(LayerView& v) {
    TRY(const int64_t depth, one_of(v, 1));
    TRY(const int64_t axis, v.integer("axis", -1));
    if (v.rank(2) != 0 || v.rank(3) != 0) return fail("its values are no single numbers");
    const Ints first{0};
    const ValueId off = v.add("unsqueeze", {v.in(3)}, {{"axes", first}});
    const ValueId on = v.add("unsqueeze", {v.in(2)}, {{"axes", first}});
    const ValueId values = v.add("concat", {off, on}, {{"axis", int64_t{0}}});
    v.result(
        v.add("one_hot", {v.in(0), graph::kNoValue, values}, {{"depth", Dims{Dim(depth)}}, {"axis", axis}}));
    return {};
}

Status import_non_zero(LayerView& v) {
    TRY(const DType type, v.element("output_type", DType::kI64));
    const ValueId y = v.add("non_zero", {v.in(0)});
    v.result(type == DType::kI64 ? y : v.add("cast", {y}, {{"to", type}}));
    return {};
}

Status import_cumsum(LayerView& v) {
    TRY(const int64_t axis, one_of(v, 1));
    TRY(const bool exclusive, v.flag("exclusive", false));
    TRY(const bool reverse, v.flag("reverse", false));
    v.result(v.add("cumsum", {v.in(0)}, {{"axis", axis}, {"exclusive", exclusive}, {"reverse", reverse}}));
    return {};
}

Status import_top_k(LayerView& v) {
    TRY(const int64_t axis, v.integer("axis", 0));
    const std::string mode = v.text("mode", "max"), sort = v.text("sort", "none");
    if (mode != "max" && mode != "min") return fail("its mode is '{}'", mode);
    if (sort == "index") return fail("it sorts by index, which is not supported");
    TRY(const DType type, v.element("index_element_type", DType::kI32));
    const graph::Attrs attrs{{"axis", axis}, {"largest", mode == "max"}, {"sorted", sort == "value"}};
    if (v.known(1)) {
        TRY(const int64_t k, one_of(v, 1));
        graph::Attrs with = attrs;
        with.set("k", k);
        v.results = v.b().add_many("top_k", {v.in(0)}, with, 2);
    } else {
        const ValueId k = v.add("reshape", {v.as_i64(1)}, {{"shape", Dims{Dim(1)}}});
        v.results = v.b().add_many("top_k", {v.in(0), k}, attrs, 2);
    }
    if (type != DType::kI64) v.results[1] = v.add("cast", {v.results[1]}, {{"to", type}});
    return {};
}

constexpr ImportRow kMoveImports[] = {{"Reshape", 2, import_reshape},
                                      {"Squeeze", 1, import_squeeze},
                                      {"Unsqueeze", 2, import_unsqueeze},
                                      {"Transpose", 2, import_transpose},
                                      {"Broadcast", 2, import_broadcast},
                                      {"Tile", 2, import_tile},
                                      {"Concat", 1, import_concat},
                                      {"VariadicSplit", 3, import_variadic_split},
                                      {"Split", 2, import_split},
                                      {"Slice", 4, import_slice, 8},
                                      {"StridedSlice", 3, import_strided_slice},
                                      {"Pad", 3, import_pad},
                                      {"ShapeOf", 1, import_shape_of},
                                      {"Range", 3, import_range, 4},
                                      {"ReverseSequence", 2, import_reverse_sequence},
                                      {"Gather", 3, import_gather},
                                      {"GatherElements", 2, import_gather_elements},
                                      {"GatherND", 2, import_gather_nd, 8},
                                      {"ScatterElementsUpdate", 4, import_scatter_elements},
                                      {"ScatterNDUpdate", 3, import_scatter_nd},
                                      {"OneHot", 4, import_one_hot},
                                      {"NonZero", 1, import_non_zero},
                                      {"CumSum", 2, import_cumsum},
                                      {"TopK", 2, import_top_k}};

}  // namespace

std::span<const ImportRow> move_imports() { return kMoveImports; }

}  // namespace lathe::formats::openvino
