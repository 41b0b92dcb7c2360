#!/usr/bin/env bash
# Export of image networks from a checkpoint to every format: seconds and peak memory of the whole process, once without and once
# with reading back and comparing. Medians of several runs. Goals: a tenth of what `torch.onnx.export` takes of the same network
# (ViT-B: 9.3 s and 2.1 GB), and a peak below the file's size plus 64 MB, without the comparison.
set -euo pipefail
lathe=${LATHE_BUILD:-build/release}/lathe
runs=${RUNS:-3}
networks=${NETWORKS:-resnet50 vit_base_patch16_224}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# measure NAME COMMAND…: appends "seconds peak_kB" to the list of that name
measure() {
    local name=$1
    shift
    rm -rf "$folder"/out*
    /usr/bin/time -f '%e %M' -o "$folder/one" "$@" >/dev/null
    tail -n 1 "$folder/one" >>"$folder/$name.runs"
}
median() { sort -n "$folder/$1.runs" | awk -v column="$2" '{ v[NR] = $column } END { print v[int((NR + 1) / 2)] }'; }

for network in $networks; do
    "$lathe" export safetensors "$network" --random-weights -o "$folder/$network.safetensors" --no-verify >/dev/null
    printf '\n%s\n| format | file MB | seconds | peak MB | peak beyond the file | with the comparison, seconds | peak MB |\n|---|---|---|---|---|---|---|\n' "$network"
    for format in onnx:onnx litert:tflite coreml:mlpackage torchscript:pt torch-export:pt2 executorch:pte openvino:xml ncnn:param \
        gguf:gguf bin:bin npz:npz; do
        name=${format%%:*} out="$folder/out.${format##*:}" precision=(--precision fp32)
        rm -f "$folder"/*.runs
        for _ in $(seq "$runs"); do
            measure plain "$lathe" export "$name" "$folder/$network.safetensors" -o "$out" "${precision[@]}" --no-verify
            kb=$(du -sck "$folder"/out* | tail -n 1 | cut -f 1)
            measure checked "$lathe" export "$name" "$folder/$network.safetensors" -o "$out" "${precision[@]}"
        done
        awk -v f="$name" -v kb="$kb" -v s="$(median plain 1)" -v p="$(median plain 2)" -v cs="$(median checked 1)" \
            -v cp="$(median checked 2)" 'BEGIN { m = 1.024 / 1000
            printf "| %s | %.0f | %.2f | %.0f | %+.0f | %.2f | %.0f |\n", f, kb * m, s, p * m, (p - kb) * m, cs, cp * m }'
    done
done
