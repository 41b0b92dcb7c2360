#include "wire/pickle.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "wire/pickle_writer.h"

namespace lathe::wire {
namespace {

using namespace std::string_view_literals;

SharedBytes shared(std::string_view text) {
    const ByteSpan view = as_bytes(text);
    return SharedBytes::from_vector(std::vector<std::byte>(view.begin(), view.end()));
}

constexpr std::string_view kAllowed[] = {"collections.OrderedDict", "_codecs.encode",
                                         "__builtin__.set",         "__builtin__.bytearray",
                                         "builtins.bytearray",      "argparse.Namespace"};
constexpr PickleOptions kOptions{.allowed = kAllowed};

// Python's notation, as far as these tests need it. Depth-limited, so that cycles end.
std::string show(const Pickle& pickle, PickleRef ref, int depth = 0) {
    if (depth > 20) return "…";
    const PickleNode& node = pickle[ref];
    const auto list = [&](std::span<const PickleRef> items) {
        std::string out;
        for (const PickleRef item : items) out += (out.empty() ? "" : ", ") + show(pickle, item, depth + 1);
        return out;
    };
    switch (node.kind) {
        case PickleKind::kNone: return "None";
        case PickleKind::kBool: return node.integer != 0 ? "True" : "False";
        case PickleKind::kInt: return format("{}", node.integer);
        case PickleKind::kBigInt: return format("big{}", node.text.size());
        case PickleKind::kFloat: return format("{}", node.number);
        case PickleKind::kText: return "'" + std::string(node.text) + "'";
        case PickleKind::kBytes: return "b'" + printable(node.text) + "'";
        case PickleKind::kList: return "[" + list(node.items) + "]";
        case PickleKind::kTuple: return "(" + list(node.items) + ")";
        case PickleKind::kSet: return "set{" + list(node.items) + "}";
        case PickleKind::kDict: return "{" + list(node.items) + "}";
        case PickleKind::kGlobal: return std::string(node.text);
        case PickleKind::kPersistent: return "@" + show(pickle, node.arguments, depth + 1);
        case PickleKind::kCall: break;
    }
    std::string out = std::string(pickle.callee_name(node)) + "(" + list(pickle.arguments(node)) + ")";
    if (!node.items.empty()) out += "+{" + list(node.items) + "}";
    if (node.state != kNoPickle) out += "!" + show(pickle, node.state, depth + 1);
    return out;
}

std::string shown(std::string_view bytes) {
    auto pickle = Pickle::parse(shared(bytes), kOptions);
    return pickle ? show(*pickle, pickle->root()) : "error: " + pickle.error().message;
}

// The bytes are those that CPython 3.11's pickle.dumps gives for
// {'a': [1, -1, 300, 70000, 2**40, 2**70, True, None, 1.5, 'é€'], 't': (1, (2, 3), ())}; 2**70 is left out of protocol 0.
constexpr std::string_view kProtocol0 =
    "(dp0\nVa\np1\n(lp2\nI1\naI-1\naI300\naI70000\naL1099511627776L\naI01\naNaF1.5\naV\xe9\\u20ac\np3\n"
    "asVt\np4\n"
    "(I1\n(I2\nI3\ntp5\n(ttp6\ns."sv;
constexpr std::string_view kProtocol2 =
    "\x80\x02}q\x00(X\x01\x00\x00\x00\x61q\x01]q\x02(K\x01J\xff\xff\xff\xffM,\x01Jp\x11\x01\x00\x8a\x06\x00\x00\x00\x00\x00"
    "\x01\x8a\t\x00\x00\x00\x00\x00\x00\x00\x00@\x88NG?\xf8\x00\x00\x00\x00\x00\x00X\x05\x00\x00\x00\xc3\xa9\xe2\x82\xacq\x03"
    "eX\x01\x00\x00\x00tq\x04K\x01K\x02K\x03\x86q\x05)\x87q\x06u."sv;
constexpr std::string_view kProtocol5 =
    "\x80\x05\x95Q\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01\x61\x94]\x94(K\x01J\xff\xff\xff\xffM,\x01Jp\x11\x01\x00\x8a\x06"
    "\x00\x00\x00\x00\x00\x01\x8a\t\x00\x00\x00\x00\x00\x00\x00\x00@\x88NG?\xf8\x00\x00\x00\x00\x00\x00\x8c\x05\xc3\xa9\xe2"
    "\x82\xac\x94\x65\x8c\x01t\x94K\x01K\x02K\x03\x86\x94)\x87\x94u."sv;

TEST(Pickle, ReadsWhatPythonWrites) {
    EXPECT_EQ(shown(kProtocol0),
              "{'a', [1, -1, 300, 70000, 1099511627776, True, None, 1.5, 'é€'], 't', (1, (2, 3), ())}");
    const std::string all =
        "{'a', [1, -1, 300, 70000, 1099511627776, big9, True, None, 1.5, 'é€'], 't', (1, (2, 3), ())}";
    EXPECT_EQ(shown(kProtocol2), all);
    EXPECT_EQ(shown(kProtocol5), all);
}

// pickle.dumps of [OrderedDict(a=1), b'\x00\xff', {1, 2}, bytearray(b'z'), argparse.Namespace(lr=0.1)].
TEST(Pickle, CallsAreDescribedNotMade) {
    EXPECT_EQ(
        shown(
            "\x80\x02]q\x00(ccollections\nOrderedDict\n"
            "q\x01)Rq\x02X\x01\x00\x00\x00\x61q\x03K\x01sc_codecs\nencode\n"
            "q\x04X\x03\x00\x00\x00\x00\xc3\xbfq\x05X\x06\x00\x00\x00latin1q\x06\x86q\x07Rq\x08\x63__builtin__\nset\nq\t]"
            "q\n(K\x01K\x02\x65\x85q\x0bRq\x0c\x63__builtin__\nbytearray\n"
            "q\rh\x04X\x01\x00\x00\x00zq\x0eh\x06\x86q\x0fRq"
            "\x10\x85q\x11Rq\x12\x63\x61rgparse\nNamespace\n"
            "q\x13)\x81q\x14}q\x15X\x02\x00\x00\x00lrq\x16G?\xb9\x99\x99"
            "\x99\x99\x99\x9asbe."sv),
        std::string("[collections.OrderedDict()+{'a', 1}, _codecs.encode('\0ÿ', 'latin1'), "sv) +
            "__builtin__.set([1, 2]), __builtin__.bytearray(_codecs.encode('z', 'latin1')), "
            "argparse.Namespace()!{'lr', 0.1}]");
    EXPECT_EQ(
        shown(
            "\x80\x05\x95s\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x0b"
            "collections\x94\x8c\x0bOrderedDict\x94\x93\x94)R\x94"
            "\x8c\x01\x61\x94K\x01sC\x02\x00\xff\x94\x8f\x94(K\x01K\x02\x90\x96\x01\x00\x00\x00\x00\x00\x00\x00z\x94\x8c\x08"
            "argparse\x94\x8c\tNamespace\x94\x93\x94)\x81\x94}\x94\x8c\x02lr\x94G?\xb9\x99\x99\x99\x99\x99\x9asbe."sv),
        "[collections.OrderedDict()+{'a', 1}, b'\\x00\\xff', set{1, 2}, b'z', argparse.Namespace()!{'lr', 0.1}]");
}

TEST(Pickle, RefusesWhatIsNotOnTheList) {
    // pickle.dumps of an object whose __reduce__ returns (os.system, ('echo pwned',)), protocols 0, 2 and 4.
    const std::string expected =
        "error: refused: the pickle calls 'os.system', which is not in the list of data constructors";
    EXPECT_EQ(shown("cos\nsystem\np0\n(Vecho pwned\np1\ntp2\nRp3\n."), expected);
    EXPECT_EQ(shown("\x80\x02\x63os\nsystem\nq\x00X\n\x00\x00\x00\x65\x63ho pwnedq\x01\x85q\x02Rq\x03."sv),
              expected);
    EXPECT_EQ(
        shown("\x80\x04\x95\x21\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\n"
              "echo pwned\x94\x85\x94R\x94."sv),
        expected);
    EXPECT_EQ(shown("(S'echo pwned'\nios\nsystem\n."), expected);
    PickleOptions options = kOptions;
    options.way_out = [](std::string_view name) { return "do without " + std::string(name); };
    EXPECT_EQ(
        Pickle::parse(shared("cos\nsystem\n."), options).error().message,
        "refused: the pickle calls 'os.system', which is not in the list of data constructors; do without os.system");
}

TEST(Pickle, OldClassesAndStrings) {
    EXPECT_EQ(shown("(I1\niargparse\nNamespace\n."), "argparse.Namespace(1)");
    EXPECT_EQ(shown("(cargparse\nNamespace\nI1\no."), "argparse.Namespace(1)");
    EXPECT_EQ(shown("S'a\\n\\x41\\''\n."), "'a\nA''");
    EXPECT_EQ(shown("Pan id\n."), "@'an id'");
    EXPECT_EQ(shown("I1\n(I2\ne."), "error: the pickle is damaged at byte 7: an int where a list is needed");
}

TEST(Pickle, SharedAndCyclicObjects) {
    // pickle.dumps of a list that contains itself.
    auto cyclic = Pickle::parse(shared("\x80\x02]q\x00h\x00\x61."sv));
    ASSERT_TRUE(cyclic.has_value());
    EXPECT_EQ((*cyclic)[cyclic->root()].items, std::vector<PickleRef>{cyclic->root()});
    // t1 = ([], []), the same list; t2 = (t1, t1); … t100: 2^100 lists in full, 101 nodes here.
    std::string bytes = "]";
    for (int i = 0; i < 100; ++i) bytes += "2\x86";
    auto tuples = Pickle::parse(shared(bytes + "."));
    ASSERT_TRUE(tuples.has_value());
    EXPECT_EQ(tuples->node_count(), 101u);
}

TEST(Pickle, DeepNestingNeitherRecursesNorCrashes) {
    std::string bytes(1 << 20, ']');
    bytes.append((1 << 20) - 1, 'a');
    bytes += '.';
    auto deep = Pickle::parse(shared(bytes));
    ASSERT_TRUE(deep.has_value()) << deep.error().message;
    EXPECT_EQ(deep->node_count(), size_t{1} << 20);
    auto limited = Pickle::parse(shared(bytes), {.most_nodes = 1000});
    ASSERT_FALSE(limited.has_value());
    EXPECT_NE(limited.error().message.find("1000"), std::string::npos);
}

TEST(Pickle, LiesAboutSizesAreErrors) {
    for (const std::string_view bytes :
         {"\x80\x02X\xff\xff\xff\xff"sv, "\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff"sv,
          "\x80\x02\x8b\xff\xff\xff\xff"sv, "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff"sv,
          "\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\x7f"sv, "\x80\x06."sv, "h\x05."sv, "j\xff\xff\xff\xff."sv,
          "Nb."sv, "NN."sv, "."sv, "(."sv, "R."sv, "NNR."sv, "\x85."sv, "}(NNNu."sv, "\x97."sv})
        EXPECT_TRUE(shown(bytes).starts_with("error")) << printable(bytes);
    EXPECT_EQ(shown("Nr\xff\xff\xff\xff."sv), "None");  // a high memo index takes no memory
}

TEST(Pickle, DamageNeverCrashes) {
    for (const std::string_view good : {kProtocol0, kProtocol2, kProtocol5}) {
        for (size_t size = 0; size < good.size(); ++size)
            EXPECT_TRUE(shown(good.substr(0, size)).starts_with("error")) << size;
        for (size_t at = 0; at < good.size(); ++at)
            for (int value = 0; value < 256; ++value) {
                std::string bad(good);
                bad[at] = static_cast<char>(value);
                (void)shown(bad);
            }
    }
    std::mt19937 random(3);
    constexpr std::string_view kOpcodes =
        "(.012FGIJKLMNPQRSTUVXabcdeghijlopqrstu}])\x80\x81\x85\x86\x87\x88\x8c\x8f\x90\x94\x93"sv;
    for (int round = 0; round < 20000; ++round) {
        std::string bytes;
        for (uint32_t i = random() % 40; i > 0; --i)
            bytes +=
                random() % 4 == 0 ? static_cast<char>(random() % 8) : kOpcodes[random() % kOpcodes.size()];
        (void)shown(bytes + ".");
    }
}

TEST(PickleWriter, WritesWhatIsRead) {
    PickleWriter out;
    out.global("collections", "OrderedDict");
    out.empty_tuple();
    out.reduce();
    out.mark();
    out.text("k");
    out.mark();
    for (const int64_t value : {int64_t{1}, int64_t{-2}, int64_t{1} << 40, int64_t{255}, int64_t{256}})
        out.integer(value);
    out.number(1.5);
    out.boolean(true);
    out.boolean(false);
    out.none();
    out.tuple();
    out.text("l");
    out.empty_list();
    out.put(300);
    out.mark();
    out.text("id");
    out.persistent();
    out.appends();
    out.text("again");
    out.get(300);
    out.set_items();
    out.empty_dict();
    out.put(7);
    out.build();
    out.stop();
    EXPECT_EQ(shown(out.bytes()),
              "collections.OrderedDict()+{'k', (1, -2, 1099511627776, 255, 256, 1.5, True, False, None), "
              "'l', [@'id'], 'again', [@'id']}!{}");
    // Python writes the same bytes for the numbers.
    EXPECT_NE(out.bytes().find("K\x01J\xfe\xff\xff\xff"sv), std::string::npos);
    EXPECT_NE(out.bytes().find("K\xff"sv), std::string::npos);
    EXPECT_NE(out.bytes().find("G?\xf8\0\0\0\0\0\0\x88\x89Nt"sv), std::string::npos);
}

}  // namespace
}  // namespace lathe::wire
