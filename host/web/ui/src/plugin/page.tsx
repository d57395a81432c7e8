export default function Page(_: { id: string; tab?: string }) {
  return null;
}
