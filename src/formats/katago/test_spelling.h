// A small network as the format spells it, for the tests of the reader and the writer.
#pragma once
#include <array>
#include <bit>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/format.h"

namespace lathe::formats::katago {

// A small network, spelled out word by word from the description of the format (reference/katago.md, section 1): two
// trunk channels and one block of every kind that the version has; in version 17 an SGF encoder and four policies too.
class Spelling {
public:
    explicit Spelling(bool binary, int version = 17) : version_(version), binary_(binary) {}
    std::string text;
    void words(std::initializer_list<std::string> all) {
        for (const std::string& word : all) text += word + '\n';
    }
    void floats(int count, float least = -0.75F) {
        if (binary_) text += "@BIN@";
        for (int i = 0; i < count; ++i) {
            const float value = least + 0.25F * static_cast<float>(i % 7);
            if (!binary_) text += format("{} ", value);
            else text.append(std::bit_cast<std::array<char, 4>>(value).data(), 4);
        }
        text += '\n';
    }
    void conv(const std::string& name, int kernel, int in, int out) {
        const std::string k = std::to_string(kernel);
        words({name, k, k, std::to_string(in), std::to_string(out), "1", "1"});
        floats(kernel * kernel * in * out);
    }
    void norm(const std::string& name, int channels, bool has_scale) {
        words({name, std::to_string(channels), "1e-20", has_scale ? "1" : "0", "1"});
        floats(channels);
        floats(channels, 0.25F);  // the variance
        for (int i = 0; i < (has_scale ? 2 : 1); ++i) floats(channels);
    }
    void rms(const std::string& name, int channels) {
        words({name, std::to_string(channels), "1e-06"});
        floats(channels);
    }
    void act(const std::string& name) {
        words({name});
        if (version_ >= 11) words({"ACTIVATION_MISH"});
    }
    void matrix(const std::string& name, int in, int out) {
        words({name, std::to_string(in), std::to_string(out)});
        floats(in * out);
    }
    void bias(const std::string& name, int channels) {
        words({name, std::to_string(channels)});
        floats(channels);
    }
    void norm_act_conv(const std::string& name, int kernel, int in, int out) {
        norm(name + ".norm", in, true);
        act(name + ".act");
        conv(name + ".conv", kernel, in, out);
    }
    void network();

    // What the versions say: their inputs, and how many policies and scores they have.
    int planes() const { return version_ == 6 ? 13 : 22; }
    int globals() const { return version_ <= 5 ? 14 : version_ == 6 ? 12 : version_ == 7 ? 16 : 19; }
    int policies() const { return version_ <= 11 ? 1 : version_ <= 15 ? 2 : 4; }
    int scores() const { return version_ == 3 ? 1 : version_ <= 7 ? 2 : version_ == 8 ? 4 : 6; }

private:
    void trunk();
    void encoder();
    void blocks();
    void transformer_blocks();
    void heads();
    int version_;
    bool binary_;
};

inline void Spelling::network() {
    words({"tiny", std::to_string(version_), std::to_string(planes()), std::to_string(globals())});
    if (version_ >= 13) words({"20.0", "20.0", "20.0", "20.0", "40.0", "0.25", "150.0"});
    if (version_ >= 15) words({version_ == 17 ? "1" : "0", "1", "0", "0", "0", "0", "0", "0"});
    trunk();
    heads();
}

inline void Spelling::trunk() {
    const std::string count = version_ == 17 ? "5" : version_ >= 11 ? "3" : "2";
    words({"trunk", count, "2", "2", "1", "1", "1"});
    if (version_ >= 15) words({version_ == 17 ? "1" : "0", "0", "0", "0", "0", "0"});
    conv("start", 3, planes(), 2);
    matrix("global", globals(), 2);
    if (version_ == 17) encoder();
    blocks();
    if (version_ == 17) {
        transformer_blocks();
        words({"tip", "2", "1e-06", "1", "0"});
        floats(2);
        floats(2);
    } else {
        norm("tip", 2, true);
    }
    act("tip.act");
}

inline void Spelling::encoder() {
    words({"meta", "192"});
    matrix("mul1", 192, 1);
    bias("bias1", 1);
    act("act1");
    matrix("mul2", 1, 1);
    bias("bias2", 1);
    act("act2");
    matrix("mul3", 1, 2);
}

inline void Spelling::blocks() {
    words({"ordinary_block", "b0"});
    norm_act_conv("b0.1", 3, 2, 2);
    norm_act_conv("b0.2", 3, 2, 2);
    words({"gpool_block", "b1"});
    norm("b1.norm", 2, false);
    act("b1.act");
    conv("b1.r", 3, 2, 3);
    conv("b1.g", 3, 2, 1);
    norm("b1.normg", 1, false);
    act("b1.actg");
    matrix("b1.linear", 3, 3);
    norm_act_conv("b1.2", 3, 3, 2);
    if (version_ < 11) return;
    words({"nested_bottleneck_block", "b2", "1"});
    norm_act_conv("b2.p", 1, 2, 1);
    words({"ordinary_block", "b2.0"});
    norm_act_conv("b2.0.1", 3, 1, 1);
    norm_act_conv("b2.0.2", 3, 1, 1);
    norm_act_conv("b2.q", 1, 1, 2);
}

inline void Spelling::transformer_blocks() {
    words({"transformer_attention_block", "b3", "2", "1", "4", "3", "1", "1"});
    rms("b3.norm", 2);
    matrix("q", 2, 8);
    matrix("k", 2, 4);
    matrix("v", 2, 3);
    matrix("out", 6, 2);
    words({"freqs", "1", "2", "2"});
    floats(4);
    words({"transformer_ffn_block", "b4", "2", "5", "1"});
    rms("b4.norm", 2);
    matrix("one", 2, 5);
    matrix("gate", 2, 5);
    matrix("two", 5, 2);
}

inline void Spelling::heads() {
    words({"policy"});
    if (version_ == 17) words({"4", "0", "0", "0"});
    conv("p1", 1, 2, 2);
    conv("g1", 1, 2, 1);
    norm("g1.norm", 1, false);
    act("g1.act");
    matrix("g", 3, 2);
    norm("p1.norm", 2, false);
    act("p1.act");
    conv("p2", 1, 2, policies());
    matrix("pass", 3, version_ >= 15 ? 2 : policies());
    if (version_ >= 15) {
        bias("pass.bias", 2);
        act("pass.act");
        matrix("pass2", 2, policies());
    }
    words({"value"});
    if (version_ == 17) words({"0", "0", "0"});
    conv("v1", 1, 2, 2);
    norm("v1.norm", 2, false);
    act("v1.act");
    matrix("v2", 6, 3);
    bias("v2.bias", 3);
    act("v2.act");
    matrix("v3", 3, 3);
    bias("v3.bias", 3);
    matrix("sv3", 3, scores());
    bias("sv3.bias", scores());
    conv("own", 1, 2, 1);
}

inline std::string tiny_network(bool binary, int version = 17) {
    Spelling spelling(binary, version);
    spelling.network();
    return spelling.text;
}

}  // namespace lathe::formats::katago
