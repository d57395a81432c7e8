// A picture of something that has a name, or the name's first letter.

const palette = ["indigo", "teal", "grape", "orange", "cyan", "pink", "lime", "violet"];

/** The same colour for the same word, always. */
function colorOf(word: string): string {
  let sum = 0;
  for (const letter of word) {
    sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  }
  return palette[sum % palette.length] ?? "indigo";
}

interface Props {
  name: string;
  /** What the letter's colour is chosen by. */
  by: string;
  /** The picture's address; undefined while there is none. */
  image: string | undefined;
  size: number;
}

/** The name stands beside it: nobody needs to hear it twice. */
export function Mark({ name, by, image, size }: Props) {
  const letter = Array.from(name.trim())[0]?.toUpperCase() ?? "?";
  const sizes = { width: size, height: size };
  return image === undefined ? (
    <span className="logo" style={{ ["--logo" as string]: `var(--mantine-color-${colorOf(by)}-6)`, fontSize: size * 0.4, ...sizes }} aria-hidden="true">
      {letter}
    </span>
  ) : (
    <span className="logo image" style={sizes} aria-hidden="true">
      <img src={image} {...sizes} alt="" />
    </span>
  );
}
