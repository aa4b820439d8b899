import { CUBE_SCALE } from '../../../../api/looks-cube.ts';
import { VIGNETTE } from '../../../../api/looks-maths.ts';
import { cubeFor, type KeptCube } from './cubes.ts';
import type { Painted, Painter, Painting } from './painter.ts';

/** A triangle that covers everything; `place` is 0, 0 at the top left of what is drawn. */
const VERTEX = `#version 300 es
out vec2 place;
void main() {
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  place = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/** The same steps as `applyCube` and `vignetteAt` of the contract. */
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler3D;
uniform sampler2D picture;
uniform usampler3D cube;
uniform vec4 part;
uniform vec4 frame;
uniform float last;
uniform float vignette;
in vec2 place;
out vec4 colour;

vec3 node(ivec3 at) {
  return vec3(texelFetch(cube, at, 0).rgb);
}

void main() {
  vec2 at = part.xy + place * part.zw;
  vec3 scaled = texture(picture, at).rgb * last;
  ivec3 low = min(ivec3(scaled), ivec3(int(last) - 1));
  vec3 rest = scaled - vec3(low);
  float most = max(max(rest.r, rest.g), rest.b);
  float least = min(min(rest.r, rest.g), rest.b);
  float middle = rest.r + rest.g + rest.b - most - least;
  // One step along the channel of the greatest rest, and all but one along the others.
  ivec3 first = rest.r == most ? ivec3(1, 0, 0) : rest.g == most ? ivec3(0, 1, 0) : ivec3(0, 0, 1);
  ivec3 second = rest.b == least ? ivec3(1, 1, 0) : rest.g == least ? ivec3(1, 0, 1) : ivec3(0, 1, 1);
  vec3 mapped = (1.0 - most) * node(low) + (most - middle) * node(low + first)
    + (middle - least) * node(low + second) + least * node(low + 1);
  vec2 away = (at - frame.xy) / frame.zw * 2.0 - 1.0;
  float radius = sqrt(dot(away, away) / 2.0);
  float t = clamp((radius - ${VIGNETTE.begins.toFixed(4)}) / ${(1 - VIGNETTE.begins).toFixed(4)}, 0.0, 1.0);
  float light = 1.0 - ${VIGNETTE.depth.toFixed(4)} * vignette * t * t * (3.0 - 2.0 * t);
  // A whole number before it is darkened, as it is in bytes.
  vec3 bytes = floor(mapped / ${CUBE_SCALE.toFixed(1)} + 0.5);
  colour = vec4(bytes * light / 255.0, 1.0);
}`;

const UNIFORMS = ['picture', 'cube', 'part', 'frame', 'last', 'vignette'] as const;

/** Null where there is no WebGL 2. Colours are not managed: sRGB comes in and goes out as numbers. */
export function openGlPainter(): Painter | null {
  const canvas = document.createElement('canvas');
  const gl = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    depth: false,
    // Read by drawImage within the same task.
    preserveDrawingBuffer: false,
  });
  if (!gl) return null;
  const program = link(gl);
  if (!program) return null;
  const places = new Map(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
  const at = (name: (typeof UNIFORMS)[number]) => places.get(name) ?? null;
  gl.useProgram(program);
  gl.uniform1i(at('picture'), 0);
  gl.uniform1i(at('cube'), 1);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  const pictures = new WeakMap<ImageBitmap, WebGLTexture>();
  const cube = gl.createTexture();
  let inside: KeptCube | null = null;

  const show = (picture: ImageBitmap) => {
    gl.activeTexture(gl.TEXTURE0);
    const known = pictures.get(picture);
    gl.bindTexture(gl.TEXTURE_2D, known ?? load(gl, picture, pictures));
  };
  const fill = (wanted: KeptCube) => {
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_3D, cube);
    if (inside?.cube === wanted.cube) return;
    loadCube(gl, wanted);
    inside = wanted;
  };

  return {
    kind: 'gl',
    paint(painting: Painting, width: number, height: number): Painted | null {
      if (gl.isContextLost()) return null;
      // It only grows: another size would make the browser begin anew.
      if (canvas.width < width) canvas.width = width;
      if (canvas.height < height) canvas.height = height;
      const { picture, part, frame, edit } = painting;
      const wanted = cubeFor(edit, painting.rough === true);
      show(picture);
      fill(wanted);
      gl.uniform4f(at('part'), part.x, part.y, part.width, part.height);
      gl.uniform4f(at('frame'), frame.x, frame.y, frame.width, frame.height);
      gl.uniform1f(at('last'), wanted.side - 1);
      gl.uniform1f(at('vignette'), edit.vignette ?? 0);
      gl.viewport(0, 0, width, height);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
      return { canvas, left: 0, top: canvas.height - height, width, height };
    },
  };
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [type, text] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return null;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  if (!gl.isContextLost()) console.error('No live looks:', gl.getProgramInfoLog(program));
  return null;
}

function load(
  gl: WebGL2RenderingContext,
  picture: ImageBitmap,
  pictures: WeakMap<ImageBitmap, WebGLTexture>,
): WebGLTexture {
  const texture = gl.createTexture();
  pictures.set(picture, texture);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, picture);
  // Small ones are drawn from small ones: without, a strip of thumbnails would glitter.
  gl.generateMipmap(gl.TEXTURE_2D);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}

/** As whole numbers, which every device has at full precision. */
function loadCube(gl: WebGL2RenderingContext, { cube, side }: KeptCube): void {
  gl.texParameteri(gl.TEXTURE_3D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_3D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texImage3D(
    gl.TEXTURE_3D,
    0,
    gl.RGB16UI,
    side,
    side,
    side,
    0,
    gl.RGB_INTEGER,
    gl.UNSIGNED_SHORT,
    cube,
  );
}
