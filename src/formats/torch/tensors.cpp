#include "formats/torch/tensors.h"

#include "base/check.h"

namespace lathe::formats::torch {

using graph::Graph;
using graph::kNoValue;
using graph::ValueId;

namespace {

constexpr int kDeepestViews = 1000;
constexpr const char* kUnclear =
    "shares memory with a tensor that was changed in place, or is a copy of it: PyTorch "
    "decides that by strides; make it a copy with clone()";

// Views of views form a chain, in which a change in place counts for all.
uint64_t version_of(const Cell& cell) {
    uint64_t version = cell.version;
    for (const Cell* c = &cell; c->base != nullptr; c = c->base.get()) version += c->base->version;
    return version;
}

}  // namespace

Result<ValueId> read(Graph& graph, const TensorRef& tensor) {
    Cell& cell = *tensor;
    if (!cell.spoiled.empty()) return fail("a tensor is read that {}", cell.spoiled);
    if (cell.stored) {
        cell.value = graph.add_constant(cell.name, *std::exchange(cell.stored, std::nullopt));
        return cell.value;
    }
    if (cell.base == nullptr) return cell.value;
    const uint64_t now = version_of(*cell.base);
    if (cell.base_version == now) return cell.value;
    if (!cell.certain) return fail("a tensor is read that {}", kUnclear);
    TRY(const ValueId base, read(graph, cell.base));
    TRY(cell.value, cell.remake(base));
    cell.base_version = now;
    return cell.value;
}

Status write(Graph& graph, const TensorRef& tensor, ValueId value) {
    Cell& cell = *tensor;
    if (!cell.name.empty())
        return fail("it changes the module's own tensor '{}'; Lathe's graphs keep no state", cell.name);
    if (cell.base == nullptr) {
        cell.value = value;
        ++cell.version;
        return {};
    }
    if (!cell.certain) {  // from here on a tensor of its own
        cell.version = version_of(cell);
        for (Cell* b = cell.base.get(); b != nullptr; b = b->base.get()) {
            b->spoiled = kUnclear;
            ++b->version;
        }
        cell.base = nullptr;
        cell.value = value;
        ++cell.version;
        return {};
    }
    if (!cell.write_back)
        return fail(
            "it changes a view in place whose elements Lathe cannot follow to the tensor that holds them");
    TRY(const ValueId base, read(graph, cell.base));
    TRY(const ValueId changed, cell.write_back(base, value));
    TRY_STATUS(write(graph, cell.base, changed));
    ++cell.version;
    cell.value = value;
    cell.base_version = version_of(*cell.base);
    return {};
}

TensorRef make_tensor(ValueId value) {
    auto cell = std::make_shared<Cell>();
    cell->value = value;
    return cell;
}

TensorRef make_weight(std::string name, Tensor tensor) {
    auto cell = std::make_shared<Cell>();
    cell->name = std::move(name);
    cell->stored = std::move(tensor);
    return cell;
}

Result<TensorRef> make_view(const TensorRef& base, ValueId value, bool certain, Remake remake,
                            WriteBack write_back) {
    if (base->depth >= kDeepestViews) return fail("views of views are nested deeper than {}", kDeepestViews);
    auto cell = make_tensor(value);
    cell->base = base;
    cell->depth = base->depth + 1;
    cell->base_version = version_of(*base);
    cell->certain = certain;
    cell->remake = std::move(remake);
    cell->write_back = std::move(write_back);
    return cell;
}

}  // namespace lathe::formats::torch
