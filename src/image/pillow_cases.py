"""Makes pictures, and what Pillow makes of them, for pillow_native_test.cpp: pillow_cases.py FOLDER

Writes FOLDER/cases.txt, a case a line:
  decode FILE W H                      FILE.rgb and FILE.l: Pillow's convert("RGB") and convert("L"), row by row
  broken FILE                          Pillow does not load it either
  resize FILTER IN OUT W0 H0 C W H     raw bytes [H0, W0, C] in IN, and what resize((W, H), FILTER) makes in OUT
  evaluate MODE FILTER PCT IN OUT W0 H0 C W H   what timm's evaluation transform leaves before it makes floats
"""
import math
import random
import struct
import sys
import zlib

from PIL import Image, ImageDraw, ImageOps, TiffImagePlugin

folder = sys.argv[1]
cases = open(folder + "/cases.txt", "w")
rng = random.Random(7)


def path(name):
    return f"{folder}/{name}"


def put(name, data):
    with open(path(name), "wb") as file:
        file.write(data)
    return name


def photo(width, height, mode="RGB"):
    """Smooth shades, sharp edges and noise."""
    bands = []
    for i in range(4):
        band = Image.radial_gradient("L") if i % 2 else Image.linear_gradient("L").rotate(35 * i)
        band = band.resize((width, height), Image.Resampling.BILINEAR)
        draw = ImageDraw.Draw(band)
        draw.ellipse((width * i // 6, height // 5, width * (i + 3) // 6, height * 4 // 5), fill=rng.randrange(256))
        draw.line((0, height * i // 4, width, height // 2), fill=rng.randrange(256), width=2)
        noise = Image.frombytes("L", (width, height), rng.randbytes(width * height))
        bands.append(Image.blend(band, noise, 0.08))
    if mode == "L":
        return bands[0]
    if mode == "LA":
        return Image.merge("LA", bands[:2])
    if mode == "1":
        return bands[0].convert("1")
    if mode == "P":
        return Image.merge("RGB", bands[:3]).quantize(97)
    return Image.merge(mode, bands[: 4 if mode in ("RGBA", "CMYK") else 3])


def decode_case(name):
    with Image.open(path(name)) as image:
        rgb = image.convert("RGB")
        width, height = rgb.size
        put(name + ".rgb", rgb.tobytes())
    with Image.open(path(name)) as image:
        put(name + ".l", image.convert("L").tobytes())
    cases.write(f"decode {name} {width} {height}\n")


def broken_case(name):
    try:
        with Image.open(path(name)) as image:
            image.load()
    except Exception:
        cases.write(f"broken {name}\n")


def save(name, image, **options):
    image.save(path(name), **options)
    decode_case(name)


def jpegs():
    for sampling in (0, 1, 2):
        save(f"s{sampling}.jpg", photo(83, 61), quality=60 + 15 * sampling, subsampling=sampling)
    save("progressive.jpg", photo(130, 77), progressive=True, quality=88)
    save("optimized.jpg", photo(64, 64), optimize=True, quality=30)
    save("grey.jpg", photo(45, 91, "L"))
    save("cmyk.jpg", photo(50, 40, "CMYK"))
    save("pixel.jpg", photo(1, 1))
    exif = Image.Exif()
    exif[0x0112] = 6
    save("turned.jpg", photo(40, 24), exif=exif)
    data = open(path("progressive.jpg"), "rb").read()
    for part in (10, 300, len(data) // 2, len(data) - 200):
        broken_case(put(f"cut{part}.jpg", data[:part]))


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_rows(samples, width, bits):
    """Rows of samples, each without filter, packed."""
    out = b""
    for row in samples:
        number = 0
        for value in row:
            number = number << bits | value
        size = (len(row) * bits + 7) // 8
        out += b"\0" + (number << size * 8 - len(row) * bits).to_bytes(size, "big")
    return out


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png_by_hand(name, color, bits, interlaced, width=29, height=21, extra=b"", colors=None):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    top = colors or 1 << bits
    pixels = [[[(x * (5 + c) + y * 3 + rng.randrange(top)) * 37 % top for c in range(channels)] for x in range(width)]
              for y in range(height)]
    data = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else ((0, 0, 1, 1),):
        part = [[value for pixel in row[x0::dx] for value in pixel] for row in pixels[y0::dy]]
        if part and part[0]:
            data += png_rows(part, width, bits)
    header = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, interlaced)
    palette = png_chunk(b"PLTE", rng.randbytes(3 * top)) if color == 3 else b""
    put(name, b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + palette + extra
        + png_chunk(b"IDAT", zlib.compress(data)) + png_chunk(b"IEND", b""))
    decode_case(name)


def pngs():
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        save(f"{mode}.png", photo(71, 53, mode))
    for color, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
        for bits in depths:
            for interlaced in (0, 1):
                png_by_hand(f"c{color}b{bits}i{interlaced}.png", color, bits, interlaced)
    png_by_hand("thin.png", 2, 8, 1, width=1, height=3)
    png_by_hand("key.png", 2, 8, 0, extra=png_chunk(b"tRNS", bytes(6)))
    png_by_hand("fade.png", 3, 8, 0, extra=png_chunk(b"tRNS", bytes(range(200))))
    png_by_hand("gamma.png", 2, 8, 0, extra=png_chunk(b"gAMA", struct.pack(">I", 100000)))
    png_by_hand("greykey.png", 0, 4, 0, extra=png_chunk(b"tRNS", b"\0\3"))
    png_by_hand("short.png", 3, 4, 0, colors=11)
    data = open(path("RGB.png"), "rb").read()
    for part in (8, 20, 40, len(data) // 2):
        broken_case(put(f"cut{part}.png", data[:part]))
    broken_case(put("crc.png", data[:60] + bytes([data[60] ^ 1]) + data[61:]))


def webps():
    save("lossy.webp", photo(83, 61), quality=70)
    save("lossless.webp", photo(40, 60), lossless=True)
    save("alpha.webp", photo(64, 48, "RGBA"), quality=80)
    save("alpha_lossless.webp", photo(33, 48, "RGBA"), lossless=True, exact=True)
    save("moving.webp", photo(48, 32), save_all=True, append_images=[photo(48, 32)], duration=100)
    data = open(path("lossy.webp"), "rb").read()
    for part in (12, 40, len(data) // 2):
        broken_case(put(f"cut{part}.webp", data[:part]))


def bmp_by_hand(name, width, height, bits, pixels, compression=0, palette=b"", masks=b"", size=40):
    if size == 12:
        header = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        header = struct.pack("<IiiHHIIiiII", size, width, height, 1, bits, compression, len(pixels), 0, 0, len(palette) // 4, 0)
    offset = 14 + len(header) + len(masks) + len(palette)
    put(name, b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + header + masks + palette + pixels)
    decode_case(name)


def bmps():
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        save(f"{mode}.bmp", photo(53, 37, mode))
    palette = b"".join(rng.randbytes(3) + b"\0" for _ in range(256))
    bmp_by_hand("down.bmp", 7, -5, 24, rng.randbytes(24 * 5))
    bmp_by_hand("plain16.bmp", 7, 5, 16, rng.randbytes(16 * 5))
    bmp_by_hand("plain32.bmp", 7, 5, 32, rng.randbytes(28 * 5))
    bmp_by_hand("565.bmp", 7, 5, 16, rng.randbytes(16 * 5), 3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    bmp_by_hand("fields.bmp", 7, 5, 32, rng.randbytes(28 * 5), 3, masks=struct.pack("<III", 0xFF000000, 0xFF0000, 0xFF00))
    bmp_by_hand("four.bmp", 9, 4, 4, rng.randbytes(8 * 4), palette=palette[:64])
    bmp_by_hand("one.bmp", 37, 4, 1, rng.randbytes(8 * 4), palette=palette[:8])
    bmp_by_hand("os2.bmp", 9, 4, 8, rng.randbytes(12 * 4), palette=rng.randbytes(3 * 256), size=12)
    runs = bytes((5, 9, 3, 200, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 3, 77, 0, 0, 8, 1, 0, 0, 0, 4, 9, 8, 7, 6, 4, 30, 0, 1))
    bmp_by_hand("rle8.bmp", 8, 4, 8, runs, 1, palette=palette)
    # (literal runs of even length: Pillow 9 drops the last half byte of others)
    runs = bytes((5, 0x9a, 3, 0x20, 0, 0, 0, 8, 0x12, 0x34, 0x50, 0xb7, 0, 0, 8, 0x1f, 0, 0, 0, 4, 0x98, 0x76, 4, 0x3e, 0, 1))
    bmp_by_hand("rle4.bmp", 8, 4, 4, runs, 2, palette=palette[:64])
    data = open(path("RGB.bmp"), "rb").read()
    for part in (2, 20, 54, len(data) - 1):
        broken_case(put(f"cut{part}.bmp", data[:part]))


def tiff_by_hand(name, order, width, height, tags, data):
    """Tags {number: (type, values)}; tag 273 (strips) or 324 (tiles) is filled in from data, a list of byte strings."""
    where, counts = (324, 325) if 322 in tags else (273, 279)
    tags = {256: (4, [width]), 257: (4, [height]), **tags}
    tags[where] = (4, [0] * len(data))
    tags[counts] = (4, [len(part) for part in data])
    directory = 8
    spill = directory + 2 + 12 * len(tags) + 4
    code = {2: "B", 3: "H", 4: "I"}
    sizes = {key: struct.calcsize(order + code[kind]) * len(values) for key, (kind, values) in tags.items()}
    at = spill + sum(size + size % 2 for size in sizes.values() if size > 4)
    offsets = []
    for part in data:
        offsets.append(at)
        at += len(part) + len(part) % 2
    tags[where] = (4, offsets)
    out = struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, directory) + struct.pack(order + "H", len(tags))
    tail = b""
    for key in sorted(tags):
        kind, values = tags[key]
        raw = struct.pack(f"{order}{len(values)}{code[kind]}", *values)
        if len(raw) > 4:
            field = struct.pack(order + "I", spill + len(tail))
            tail += raw + b"\0" * (len(raw) % 2)
        else:
            field = raw.ljust(4, b"\0")
        out += struct.pack(order + "HHI", key, kind, len(values)) + field
    out += struct.pack(order + "I", 0) + tail
    put(name, out + b"".join(part + b"\0" * (len(part) % 2) for part in data))
    decode_case(name)


def tiffs():
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK"):
        save(f"{mode}.tif", photo(59, 43, mode))
    for compression in ("tiff_lzw", "tiff_deflate", "packbits", "jpeg"):
        save(f"{compression}.tif", photo(59, 43), compression=compression)
    save("group4.tif", photo(90, 30, "1"), compression="group4")
    for turn in range(1, 9):
        info = TiffImagePlugin.ImageFileDirectory_v2()
        info[274] = turn
        save(f"turn{turn}.tif", photo(31, 17), tiffinfo=info)
    save("wide.tif", Image.frombytes("I;16", (40, 30), bytes(rng.choice((0, 0, 7)) if i % 2 else rng.randrange(256) for i in range(2400))))
    save("float.tif", Image.frombytes("F", (20, 10), struct.pack("<200f", *(rng.uniform(-40, 300) for _ in range(200)))))
    save("int.tif", Image.frombytes("I", (20, 10), struct.pack("<200i", *(rng.randrange(-40, 300) for _ in range(200)))))
    for order, mark in (("<", "le"), (">", "be")):
        short = lambda *values: (3, list(values))
        rgb = {258: short(8, 8, 8), 259: short(1), 262: short(2), 277: short(3)}
        strips = [rng.randbytes(3 * 21 * rows) for rows in (5, 5, 3)]
        tiff_by_hand(f"strips_{mark}.tif", order, 21, 13, {**rgb, 278: short(5)}, strips)
        tiles = [rng.randbytes(16 * 16 * 3) for _ in range(4)]
        tiff_by_hand(f"tiles_{mark}.tif", order, 21, 19, {**rgb, 322: short(16), 323: short(16)}, tiles)
        deep = {258: short(16, 16, 16), 259: short(1), 262: short(2), 277: short(3), 278: short(9)}
        tiff_by_hand(f"deep_{mark}.tif", order, 10, 9, deep, [rng.randbytes(10 * 9 * 6)])
        alpha = {258: short(8, 8, 8, 8), 259: short(1), 262: short(2), 277: short(4), 278: short(9), 338: short(1)}
        tiff_by_hand(f"premultiplied_{mark}.tif", order, 10, 9, alpha, [rng.randbytes(10 * 9 * 4)])
        white = {258: short(8), 259: short(1), 262: short(0), 277: short(1), 278: short(9)}
        tiff_by_hand(f"white_{mark}.tif", order, 10, 9, white, [rng.randbytes(90)])
        shades = {258: short(4), 259: short(1), 262: short(1), 277: short(1), 278: short(9)}
        tiff_by_hand(f"shades_{mark}.tif", order, 10, 9, shades, [rng.randbytes(45)])
    tiff_by_hand("planes.tif", "<", 10, 9, {258: (3, [8, 8, 8]), 259: (3, [5]), 262: (3, [2]), 277: (3, [3]), 278: (3, [9]),
                                             284: (3, [2])}, [lzw_literals(rng.randbytes(90)) for _ in range(3)])
    data = open(path("tiff_lzw.tif"), "rb").read()
    for part in (4, 100, len(data) // 2):
        broken_case(put(f"cut{part}.tif", data[:part]))


def lzw_literals(data):
    """LZW without any string: every code a byte, with a clear before the codes would grow to ten bits."""
    bits = ""
    for i, value in enumerate(data):
        if i % 200 == 0:
            bits += format(256, "09b")
        bits += format(value, "09b")
    bits += format(257, "09b")
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


FILTERS = {"nearest": 0, "box": 4, "bilinear": 2, "hamming": 5, "bicubic": 3, "lanczos": 1}


def resizes():
    shapes = [((97, 61), (224, 224)), ((300, 200), (97, 61)), ((300, 200), (300, 33)), ((64, 48), (31, 48)),
              ((50, 40), (1, 1)), ((1, 1), (5, 3)), ((7, 5), (640, 480)), ((401, 3), (13, 3)), ((500, 375), (341, 256))]
    for number, (before, after) in enumerate(shapes):
        for mode in ("RGB", "L"):
            image = Image.frombytes(mode, before, rng.randbytes(before[0] * before[1] * len(mode))) if number % 2 else photo(*before, mode)
            source = put(f"in{number}{mode}.raw", image.tobytes())
            for name, code in FILTERS.items():
                out = put(f"out{number}{mode}{name}.raw", image.resize(after, Image.Resampling(code)).tobytes())
                cases.write(f"resize {name} {source} {out} {before[0]} {before[1]} {len(mode)} {after[0]} {after[1]}\n")


MEAN = (0.485, 0.456, 0.406)


def evaluate(image, mode, code, pct, height, width):
    """timm 1.0 transforms_imagenet_eval with torchvision's Resize and CenterCrop on a Pillow image, up to ToTensor."""
    scaled = [math.floor(height / pct), math.floor(width / pct)]
    w, h = image.size
    fill = 0
    if mode == "squash":
        size = scaled
    elif mode == "border":
        ratio = max(h / scaled[0], w / scaled[1])
        size = [round(h / ratio), round(w / ratio)]
        means = MEAN if image.mode == "RGB" else (sum(MEAN) / 3,)
        fill = tuple(round(255 * value) for value in means)
        fill = fill if image.mode == "RGB" else fill[0]
    elif scaled[0] == scaled[1]:
        short, long = (w, h) if w <= h else (h, w)
        new_short, new_long = scaled[0], int(scaled[0] * long / short)
        size = [new_long, new_short] if w <= h else [new_short, new_long]
    else:
        ratio = min(h / scaled[0], w / scaled[1])
        size = [round(h / ratio), round(w / ratio)]
        code = FILTERS["bilinear"]  # ResizeKeepRatio's default: timm does not pass its interpolation on here
    image = image.resize((size[1], size[0]), Image.Resampling(code))
    w, h = image.size
    if width > w or height > h:
        pad = ((width - w) // 2 if width > w else 0, (height - h) // 2 if height > h else 0,
               (width - w + 1) // 2 if width > w else 0, (height - h + 1) // 2 if height > h else 0)
        image = ImageOps.expand(image, border=pad, fill=fill)
        w, h = image.size
    top, left = int(round((h - height) / 2.0)), int(round((w - width) / 2.0))
    return image.crop((left, top, left + width, top + height))


def evaluations():
    number = 0
    photos = {}
    for size in ((500, 375), (375, 500), (81, 81), (260, 247), (223, 640)):
        for mode in ("center", "squash", "border"):
            for pct in (0.875, 0.95, 1.0, 0.9, 1.15):
                for target in ((64, 64), (96, 48)):
                    name = list(FILTERS)[number % len(FILTERS)]
                    kind = "RGB" if number % 3 else "L"
                    image = photos.get((size, kind)) or photo(*size, kind)
                    photos[size, kind] = image
                    source = put(f"eval{size[0]}x{size[1]}{kind}.raw", image.tobytes())
                    result = evaluate(image, mode, FILTERS[name], pct, *target)
                    assert result.size == (target[1], target[0])
                    out = put(f"eval{number}.out", result.tobytes())
                    cases.write(f"evaluate {mode} {name} {pct} {source} {out} {size[0]} {size[1]} {len(image.mode)} "
                                f"{target[1]} {target[0]}\n")
                    number += 1


jpegs()
pngs()
webps()
bmps()
tiffs()
resizes()
evaluations()
cases.close()
