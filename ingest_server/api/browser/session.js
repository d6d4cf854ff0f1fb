// Who uses the page: the token, for as long as this tab lives, and the name given last.

const TOKEN = "lifeline-token";
const ACTOR = "lifeline-actor";
const LANGUAGE = "lifeline-language";

export const session = {
  token: () => read(sessionStorage, TOKEN),
  signIn: (token) => write(sessionStorage, TOKEN, token),
  signOut: () => sessionStorage.removeItem(TOKEN),
  actor: () => read(sessionStorage, ACTOR) ?? "",
  nameActor: (actor) => write(sessionStorage, ACTOR, actor),
  language: () => read(localStorage, LANGUAGE),
  chooseLanguage: (language) => write(localStorage, LANGUAGE, language),
};

function read(storage, key) {
  return storage.getItem(key);
}

function write(storage, key, value) {
  storage.setItem(key, value);
}
