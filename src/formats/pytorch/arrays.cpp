// NumPy's arrays and scalars, as they appear in a pickle. Source: numpy/core/src/multiarray/methods.c (array_reduce,
// array_setstate), numpy.dtype.__reduce__.
#include "base/text.h"
#include "formats/numpy/header.h"
#include "formats/pytorch/tensors.h"

namespace lathe::formats::pytorch {

using wire::kNoPickle;
using wire::name_of;
using wire::PickleKind;
using wire::PickleNode;
using wire::PickleRef;

namespace {

// Latin-1 from the UTF-8 that a pickle stores texts in.
Result<SharedBytes> latin1(std::string_view utf8) {
    std::vector<std::byte> bytes;
    for (size_t i = 0; i < utf8.size(); ++i) {
        const auto lead = static_cast<uint8_t>(utf8[i]);
        if (lead < 0x80) {
            bytes.push_back(static_cast<std::byte>(lead));
        } else if ((lead == 0xc2 || lead == 0xc3) && i + 1 < utf8.size()) {
            bytes.push_back(static_cast<std::byte>((lead & 3) << 6 | (static_cast<uint8_t>(utf8[++i]) & 63)));
        } else {
            return fail("bytes that are encoded as text have a character beyond Latin-1");
        }
    }
    return SharedBytes::from_vector(std::move(bytes));
}

Result<Tensor> array_of(DType dtype, bool big_endian, Shape shape, bool fortran, SharedBytes bytes) {
    const auto count = checked_element_count(shape);
    const auto element = static_cast<uint64_t>(bits_of(dtype) / 8);
    if (!count || static_cast<uint64_t>(*count) > bytes.size() / element ||
        static_cast<uint64_t>(*count) * element != bytes.size())
        return fail("a NumPy array {}{} has {} bytes", name_of(dtype), to_string(shape), bytes.size());
    if (big_endian && element > 1) bytes = numpy::swapped(bytes.bytes(), dtype);
    if (!fortran || shape.size() < 2) return Tensor(dtype, std::move(shape), std::move(bytes));
    Shape strides = numpy::fortran_strides(shape);
    return Tensor(dtype, std::move(shape), std::move(strides), std::move(bytes));
}

}  // namespace

Result<SharedBytes> TensorMaker::bytes_of(PickleRef ref) const {
    const PickleNode* node = &pickle_[ref];
    if (node->kind == PickleKind::kCall && maker_named(pickle_.callee_name(*node)) == Maker::kByteArray) {
        if (pickle_.arguments(*node).empty()) return SharedBytes();
        node = &pickle_[pickle_.arguments(*node)[0]];
    }
    if (node->kind == PickleKind::kCall && maker_named(pickle_.callee_name(*node)) == Maker::kEncoded) {
        const auto arguments = pickle_.arguments(*node);
        if (arguments.size() != 2 || pickle_[arguments[0]].kind != PickleKind::kText ||
            (pickle_[arguments[1]].text != "latin1" && pickle_[arguments[1]].text != "latin-1"))
            return fail("bytes that are encoded in another way than latin1");
        return latin1(pickle_[arguments[0]].text);
    }
    if (node->kind != PickleKind::kBytes && node->kind != PickleKind::kText)  // text: what Python 2 wrote
        return fail("{} where bytes are expected", name_of(node->kind));
    const ByteSpan view = lathe::as_bytes(node->text);
    return SharedBytes::from_vector(std::vector<std::byte>(view.begin(), view.end()));
}

// numpy.dtype('f4', False, True) with the state (3, '<', …): the order of bytes is in the state.
Result<DType> TensorMaker::numpy_dtype(PickleRef ref, bool& big_endian) const {
    const PickleNode& node = pickle_[ref];
    const auto arguments = pickle_.arguments(node);
    if (node.kind != PickleKind::kCall || pickle_.callee_name(node) != "numpy.dtype" || arguments.empty())
        return fail("{} where a numpy.dtype is expected", name_of(node.kind));
    std::string descr(pickle_[arguments[0]].text);
    if (node.state != kNoPickle && pickle_[node.state].kind == PickleKind::kTuple &&
        pickle_[node.state].items.size() > 1) {
        const std::string_view order = pickle_[pickle_[node.state].items[1]].text;
        if (order == ">" || order == "<" || order == "|") descr = std::string(order) + descr;
    }
    return numpy::parse_descr(descr, big_endian);
}

// _reconstruct(ndarray, (0,), b'b') with the state (version, shape, dtype, fortran order, bytes).
Result<Tensor> TensorMaker::array_of_state(const PickleNode& call) const {
    if (call.state == kNoPickle || pickle_[call.state].kind != PickleKind::kTuple ||
        pickle_[call.state].items.size() != 5)
        return fail("a NumPy array without its contents");
    const auto& state = pickle_[call.state].items;
    bool big_endian = false;
    TRY(Shape shape, sizes(state[1], "an array's shape"));
    TRY(const DType dtype, numpy_dtype(state[2], big_endian));
    TRY(SharedBytes bytes, bytes_of(state[4]));
    return array_of(dtype, big_endian, std::move(shape), pickle_[state[3]].integer != 0, std::move(bytes));
}

// _frombuffer(bytes, dtype, shape, order), protocol 5.
Result<Tensor> TensorMaker::array_of_buffer(const PickleNode& call) const {
    const auto arguments = pickle_.arguments(call);
    if (arguments.size() != 4) return fail("a NumPy array without its contents");
    bool big_endian = false;
    TRY(const DType dtype, numpy_dtype(arguments[1], big_endian));
    TRY(Shape shape, sizes(arguments[2], "an array's shape"));
    TRY(SharedBytes bytes, bytes_of(arguments[0]));
    return array_of(dtype, big_endian, std::move(shape), pickle_[arguments[3]].text == "F", std::move(bytes));
}

Result<Tensor> TensorMaker::make_scalar(const PickleNode& call) const {
    const auto arguments = pickle_.arguments(call);
    if (arguments.size() != 2) return fail("a NumPy scalar without its value");
    bool big_endian = false;
    TRY(const DType dtype, numpy_dtype(arguments[0], big_endian));
    TRY(SharedBytes bytes, bytes_of(arguments[1]));
    return array_of(dtype, big_endian, {}, false, std::move(bytes));
}

}  // namespace lathe::formats::pytorch
