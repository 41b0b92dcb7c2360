// Layers that move elements, and constants.
#include <algorithm>

#include "formats/ncnn/import.h"

namespace lathe::formats::ncnn {
namespace {

using graph::ValueId;

constexpr int32_t kAbsent = -233;

Status finish_move(LayerView& v, ValueId y) {
    v.results = {y};
    return {};
}

Status memory_data(LayerView& v) {
    Shape shape;
    for (const int id : {2, 11, 1, 0}) {
        const int64_t size = v.number(id);
        if (size < 0) return fail("its parameter {} is {}, and sizes are positive", id, size);
        if (size > 0) shape.push_back(size);
    }
    int64_t count = 1;
    for (const int64_t size : shape) {
        if (count > (int64_t{1} << 40) / size) return fail("its sizes are too large");
        count *= size;
    }
    if (shape.empty()) return fail("it has no sizes");
    TRY(const Tensor data, v.take(count, v.number(21, 1) == 0));
    if (data.dtype() == DType::kI8) return fail("its numbers are codes without scales");
    shape.insert(shape.begin(), 1);
    return finish_move(v, v.constant("data", data, shape));
}

// A size 0 stays, -1 is what is left, -233 is no axis.
Status reshape(LayerView& v) {
    if (v.given(6) || v.number(12, 233) != 233 || v.number(13, 233) != 233)
        return fail("its sizes are expressions or a batch, which is not supported");
    const Shape in = v.shape();
    const auto size_in = [&](int id) -> int64_t {  // w h d c of the operand
        const size_t rank = in.size();
        const size_t from_end = id == 0 ? 1 : id == 1 ? 2 : id == 11 ? 3 : rank == 4 ? 4 : 3;
        return from_end <= rank ? in[rank - from_end] : 1;
    };
    Shape out;
    int64_t known = 1;
    std::optional<size_t> open;
    for (const int id : {2, 11, 1, 0}) {
        const int64_t given = v.number(id, kAbsent);
        if (given == kAbsent) continue;
        if (given < -1) return fail("its parameter {} is {}, which is no size", id, given);
        const int64_t size = given == 0 ? size_in(id) : given;
        if (size == -1) {
            if (open) return fail("two of its sizes are open");
            open = out.size();
        } else if (known > (int64_t{1} << 40) / std::max<int64_t>(size, 1)) {
            return fail("its sizes are too large");
        } else {
            known *= size;
        }
        out.push_back(size);
    }
    const int64_t count = element_count(in);
    if (open) out[*open] = known == 0 ? 0 : count / known;
    if (out.empty() || element_count(out) != count)
        return fail("it makes {} elements of {}", out.empty() ? 0 : element_count(out), count);
    return finish_move(v, v.reshaped(v.in(), out));
}

Status flatten(LayerView& v) { return finish_move(v, v.reshaped(v.in(), {element_count(v.shape())})); }

Status squeeze(LayerView& v) {
    const Shape in = v.shape();
    std::vector<bool> gone(in.size());
    const auto rank = static_cast<int>(in.size());
    if (v.given(3)) {
        for (const int32_t one : v.list(3)) {
            TRY(const int axis, v.axis(one, rank));
            gone[static_cast<size_t>(axis)] = true;
        }
    } else {
        const int ids[] = {0, 1, rank == 4 ? 11 : 2, 2};  // from the end
        for (int i = 0; i < rank; ++i) gone[static_cast<size_t>(rank - 1 - i)] = v.number(ids[i]) != 0;
    }
    Shape out;
    for (size_t i = 0; i < in.size(); ++i)
        if (!gone[i] || in[i] != 1) out.push_back(in[i]);
    return finish_move(v, v.reshaped(v.in(), out.empty() ? Shape{1} : out));
}

Status expand_dims(LayerView& v) {
    const Shape in = v.shape();
    const Ints axes = v.list(3);
    if (axes.empty()) return fail("it is of an old kind without axes, which is not supported");
    const int rank = static_cast<int>(in.size() + axes.size());
    std::vector<bool> fresh(static_cast<size_t>(rank));
    if (rank > static_cast<int>(kMostAxes)) return fail("its result has {} axes", rank);
    for (const int32_t one : axes) {
        TRY(const int axis, v.axis(one, rank));
        if (fresh[static_cast<size_t>(axis)]) return fail("its axes repeat");
        fresh[static_cast<size_t>(axis)] = true;
    }
    Shape out;
    size_t next = 0;
    for (const bool one : fresh) out.push_back(one ? 1 : in[next++]);
    return finish_move(v, v.reshaped(v.in(), out));
}

Status permute(LayerView& v) {
    static constexpr const char* kTwo[] = {"wh", "hw"};
    static constexpr const char* kThree[] = {"whc", "hwc", "wch", "cwh", "hcw", "chw"};
    static constexpr const char* kFour[] = {"whdc", "hwdc", "wdhc", "dwhc", "hdwc", "dhwc", "whcd", "hwcd",
                                            "wchd", "cwhd", "hcwd", "chwd", "wdch", "dwch", "wcdh", "cwdh",
                                            "dcwh", "cdwh", "hdcw", "dhcw", "hcdw", "chdw", "dchw", "cdhw"};
    const int rank = v.rank(), type = v.number(0);
    const std::span<const char* const> table = rank == 2   ? std::span<const char* const>(kTwo)
                                               : rank == 3 ? std::span<const char* const>(kThree)
                                                           : std::span<const char* const>(kFour);
    if (rank == 1) return finish_move(v, v.in());
    if (type < 0 || type >= std::ssize(table))
        return fail("its order is number {}, which there is none of", type);
    const std::string_view axes = rank == 2   ? "hw"
                                  : rank == 3 ? "chw"
                                              : "cdhw",
                           order = table[static_cast<size_t>(type)];
    graph::Ints perm{0};  // outermost first, where the table is innermost first
    for (size_t i = order.size(); i-- > 0;) perm.push_back(static_cast<int64_t>(axes.find(order[i])) + 1);
    return finish_move(v, v.add("transpose", {v.in()}, {{"perm", perm}}));
}

Status concat(LayerView& v) {
    TRY(const int axis, v.axis(v.number(0), v.rank()));
    std::vector<ValueId> parts;
    for (size_t i = 0; i < v.inputs(); ++i) {
        TRY_STATUS(v.wants_rank(v.rank(), i));
        parts.push_back(v.in(i));
    }
    return finish_move(v, v.add("concat", parts, {{"axis", int64_t{axis} + 1}}));
}

Status slice(LayerView& v) {
    TRY(const int axis, v.axis(v.number(1), v.rank()));
    const int64_t size = v.shape()[static_cast<size_t>(axis)];
    const Ints slices = v.list(0), indices = v.list(2);
    const size_t count = v.layer().outputs.size();
    if (indices.empty() ? slices.size() != count : indices.size() + 1 != count)
        return fail("it has {} parts, and says the sizes of others", count);
    graph::Ints lengths;
    int64_t done = 0;
    for (size_t i = 0; i < count; ++i) {
        int64_t length = size - done;
        if (!indices.empty() && i + 1 < count)
            length = (indices[i] < 0 ? size + indices[i] : indices[i]) - done;
        if (indices.empty())
            length = slices[i] == kAbsent ? (size - done) / static_cast<int64_t>(count - i) : slices[i];
        if (length < 1 || done + length > size)
            return fail("part {} of its {} has {} of {} elements", i, count, length, size);
        lengths.push_back(length);
        done += length;
    }
    if (done != size) return fail("its parts have {} of {} elements", done, size);
    const ValueId sizes = v.b().constant(v.layer().name + "/lengths", Tensor::ints(lengths));
    v.results = v.b().add_many("split", {v.in(), sizes}, {{"axis", int64_t{axis} + 1}}, count);
    return {};
}

ValueId cut(LayerView& v, const graph::Ints& starts, const graph::Ints& ends, const graph::Ints& axes) {
    graph::Dims from, to;
    for (const int64_t one : starts) from.emplace_back(one);
    for (const int64_t one : ends) to.emplace_back(one);
    return v.add("slice", {v.in()}, {{"starts", from}, {"ends", to}, {"axes", axes}});
}

Status crop(LayerView& v) {
    if (v.inputs() != 1 || v.given(19))
        return fail("what it cuts out follows from another blob, which is not supported");
    const Shape in = v.shape();
    const auto rank = static_cast<int>(in.size());
    graph::Ints starts, ends, axes;
    if (v.given(9)) {
        const Ints from = v.list(9), to = v.list(10);
        Ints along = v.list(11);
        if (along.empty())
            for (int i = 0; i < rank; ++i) along.push_back(i);
        if (from.size() < along.size() || to.size() < along.size())
            return fail("it has fewer starts or ends than axes");
        for (size_t i = 0; i < along.size(); ++i) {
            TRY(const int axis, v.axis(along[i], rank));
            const int64_t size = in[static_cast<size_t>(axis)];
            starts.push_back(from[i] == kAbsent ? 0 : from[i]);
            // 0 and below count from the end
            ends.push_back(to[i] == kAbsent ? size : to[i] > 0 ? to[i] : size + to[i]);
            axes.push_back(axis + 1);
        }
    } else {
        // The first of it, and how many: from the end when there are offsets there.
        struct Ids {
            int start, length, behind;
        };
        const Ids w{0, 3, 6}, h{1, 4, 7}, d{13, 14, 15}, c{2, 5, 8};
        const std::vector<Ids> order = rank == 1   ? std::vector<Ids>{w}
                                       : rank == 2 ? std::vector<Ids>{h, w}
                                       : rank == 3 ? std::vector<Ids>{c, h, w}
                                                   : std::vector<Ids>{c, d, h, w};
        for (int i = 0; i < rank; ++i) {
            const Ids& ids = order[static_cast<size_t>(i)];
            const int64_t size = in[static_cast<size_t>(i)], start = v.number(ids.start),
                          length = v.number(ids.length);
            const int64_t end = length > 0 ? start + length : size - v.number(ids.behind);
            if (start < 0 || end <= start || end > size)
                return fail("it cuts {} to {} out of {} elements", start, end, size);
            starts.push_back(start);
            ends.push_back(end);
            axes.push_back(i + 1);
        }
    }
    return finish_move(v, cut(v, starts, ends, axes));
}

Status tile(LayerView& v) {
    const int rank = v.rank();
    graph::Dims repeats(static_cast<size_t>(rank) + 1, graph::Dim(1));
    const auto checked = [](int64_t factor) -> Result<graph::Dim> {
        if (factor < 1 || factor > (1 << 20))
            return fail("it repeats its blob {} times, which is not supported", factor);
        return graph::Dim(factor);
    };
    if (v.given(2)) {
        const Ints list = v.list(2);
        if (std::ssize(list) > rank) return fail("it repeats along {} axes of {}", list.size(), rank);
        const size_t first = repeats.size() - list.size();
        for (size_t i = 0; i < list.size(); ++i) {
            TRY(repeats[first + i], checked(list[i]));
        }
    } else {
        TRY(const int axis, v.axis(v.number(0), rank));
        TRY(repeats[static_cast<size_t>(axis) + 1], checked(v.number(1, 1)));
    }
    return finish_move(v, v.add("tile", {v.in()}, {{"repeats", repeats}}));
}

Status shuffle_channels(LayerView& v) {
    TRY_STATUS(v.wants_rank(3));
    const Shape in = v.shape();
    TRY(const int64_t groups, v.size(0, 1, 1));
    if (in[0] % groups != 0) return fail("{} groups do not divide {} channels", groups, in[0]);
    const int64_t first = v.number(1) != 0 ? in[0] / groups : groups;
    const ValueId apart = v.reshaped(v.in(), {first, in[0] / first, in[1] * in[2]});
    const ValueId turned = v.add("transpose", {apart}, {{"perm", graph::Ints{0, 2, 1, 3}}});
    return finish_move(v, v.reshaped(turned, in));
}

constexpr ImportRow kMoveImports[] = {
    {"Concat", concat},
    {"Crop", crop},
    {"ExpandDims", expand_dims},
    {"Flatten", flatten},
    {"MemoryData", memory_data, 0},
    {"Permute", permute},
    {"Reshape", reshape},
    {"ShuffleChannel", shuffle_channels},
    {"Slice", slice},
    {"Squeeze", squeeze},
    {"Tile", tile},
};

}  // namespace

std::span<const ImportRow> move_imports() { return kMoveImports; }

}  // namespace lathe::formats::ncnn
