/** The prism: one ray in, a spectrum out. */
export function Logo({ size = 30 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <g strokeWidth="1.8" strokeLinecap="round">
        <path d="M1 19.4 11.6 16" stroke="currentColor" strokeOpacity=".55" />
        <path d="M20 15.2 31 11.6" stroke="#e5484d" />
        <path d="M20.8 16.8 31 15.6" stroke="#f2a93b" />
        <path d="M21.6 18.4 31 19.4" stroke="#30a46c" />
        <path d="M22.4 20 31 23.2" stroke="#3b82d6" />
      </g>
      <path
        d="M16 4.5 26 25.5H6Z"
        fill="var(--mantine-color-iris-6)"
        fillOpacity=".16"
        stroke="var(--mantine-color-iris-5)"
        strokeWidth="2"
        strokeLinejoin="round"
      />
    </svg>
  )
}
