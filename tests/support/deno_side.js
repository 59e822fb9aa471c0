// Resolves each specifier from each base, in modules that really are at these bases.
//
// The argument is a JSON file: a list of {base, specifiers}, where `base` is a specifier that the import map
// has for the base's module. Prints one JSON list for each: a URL, or [message] where Deno refused.

const jobs = JSON.parse(Deno.readTextFileSync(Deno.args[0]));
const answers = [];
for (const { base, specifiers } of jobs) {
  const { resolve } = await import(base);
  answers.push(specifiers.map((specifier) => {
    try {
      return resolve(specifier);
    } catch (error) {
      return [error.message];
    }
  }));
}
console.log(JSON.stringify(answers));
