/** Other languages, by words that give them away, and how to ask back in them. `{example}` is the sentence in English. */
const languages: { marks: RegExp; asks: string }[] = [
  {
    marks:
      /\b(?:bitte|ausrollen|roll(?:e|t)?|bring(?:e|t)|veröffentlich\w*|spiel(?:e|t)?|nach|auf|und|mit|wenn|gesund|nur|ist|die|der|das|sobald|nicht|dann|freigeben|heute|morgen|ohne|alles|läuft)\b/gi,
    asks: 'Ich lese Bitten auf Englisch. Meinten Sie: {example}? Bitte bestätigen Sie einen der Sätze, oder schreiben Sie ihn um.',
  },
  {
    marks:
      /\b(?:s'il (?:te|vous) plaît|déploie[rz]?|déployez|livre[rz]?|mets|mettre|avec|et|si|dans|sur|puis|vers|seulement|le|la|les|est|sans|pas|nouvelle|merci)\b/gi,
    asks: 'Je lis les demandes en anglais. Vouliez-vous dire : {example} ? Confirmez l’une des phrases, ou corrigez-la.',
  },
  {
    marks:
      /\b(?:por favor|despliega|desplegar|lanza|lanzar|publica|sube|con|y|si|está|solo|sólo|luego|entonces|el|la|los|sin|a producción|todo)\b/gi,
    asks: 'Leo las peticiones en inglés. ¿Quiso decir: {example}? Confirme una de las frases o corríjala.',
  },
  {
    marks: /\b(?:por favor|implant[ae]r?|lançar?|publique|suba|com|e|se|estiver|apenas|só|depois|então|os|sem|em|para|tudo|produção)\b/gi,
    asks: 'Leio os pedidos em inglês. Quis dizer: {example}? Confirme uma das frases ou corrija-a.',
  },
  {
    marks: /\b(?:per favore|rilascia\w*|distribui\w*|pubblica|porta|con|se|è|solo|poi|il|lo|senza|in produzione|tutto|sano)\b/gi,
    asks: 'Leggo le richieste in inglese. Intendeva: {example}? Confermi una delle frasi o la corregga.',
  },
  {
    marks: /\b(?:alsjeblieft|alstublieft|graag|zet|breng|uitrollen|rol|naar|met|en|als|het|alleen|dan|zonder|gezond|productie|niet)\b/gi,
    asks: 'Ik lees verzoeken in het Engels. Bedoelde u: {example}? Bevestig een van de zinnen, of verbeter hem.',
  },
  {
    marks: /\b(?:proszę|wdróż|wdroż\w*|wypuść|na|z|jeśli|jest|tylko|potem|bez|produkcję|oraz|i|wszystko)\b/gi,
    asks: 'Czytam prośby po angielsku. Czy chodziło o: {example}? Proszę potwierdzić jedno ze zdań albo je poprawić.',
  },
  {
    marks: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
    asks: '依頼は英語で読みます。次の意味でしょうか: {example}? どちらかの文を選ぶか、書き直してください。',
  },
  { marks: /\p{Script=Han}/gu, asks: '我只能读英文的请求。您的意思是: {example}? 请确认其中一句，或者修改它。' },
  { marks: /\p{Script=Hangul}/gu, asks: '요청은 영어로 읽습니다. 이런 뜻인가요: {example}? 문장 하나를 확인하거나 고쳐 주세요.' },
  {
    marks: /\p{Script=Cyrillic}/gu,
    asks: 'Я читаю просьбы на английском. Вы имели в виду: {example}? Подтвердите одну из фраз или исправьте её.',
  },
];

/** The question in the language that the sentence is in, or null for one that reads as English. */
export const askInLanguageOf = (text: string, example: string): string | null => {
  const known = languages.map(({ marks, asks }) => ({ asks, count: new Set(text.toLowerCase().match(marks) ?? []).size }));
  const best = known.reduce((most, one) => (one.count > most.count ? one : most));
  return best.count >= 2 ? best.asks.replace('{example}', example) : null;
};
