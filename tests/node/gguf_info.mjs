// What @huggingface/gguf finds in a GGUF file, as one line of JSON: node gguf_info.mjs FILE
import { gguf } from '@huggingface/gguf';

const { metadata, tensorInfos, tensorDataOffset } = await gguf(process.argv[2], { allowLocalFile: true });
const plain = (key, value) => (typeof value === 'bigint' ? Number(value) : value);
console.log(JSON.stringify({ metadata, tensors: tensorInfos, data: tensorDataOffset }, plain));
