// A message's words: its own direction, and links and numbers isolated so that they do not scramble it.
import { Fragment } from "react";

const PIECE = /(https?:\/\/[^\s<>"'\u2066-\u2069]*[^\s<>"'.,;:!?)\]\u2066-\u2069]|\+?\d[\d\s().-]{5,}\d)/g;

export function RichText({ text }: { text: string }) {
  // With one group in the pattern, every second piece is a match.
  return text.split(PIECE).map((piece, index) => {
    if (index % 2 === 0) return <Fragment key={index}>{piece}</Fragment>;
    if (!piece.startsWith("http")) {
      return (
        <bdi key={index} dir="ltr">
          {piece}
        </bdi>
      );
    }
    return (
      <a key={index} href={piece} dir="ltr" target="_blank" rel="noopener noreferrer">
        {piece}
      </a>
    );
  });
}
